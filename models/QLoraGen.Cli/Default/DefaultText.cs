using System.Text.Encodings.Web;
using System.Text.Json;

namespace QLoraGen.Cli.Default;

/// <summary>The files that the built-in model is made of and fine-tuned on: UTF-8, line feeds, the same bytes everywhere.</summary>
public static class DefaultText
{
    /// <summary>The seed of everything that ships.</summary>
    public const ulong Seed = 20250;

    /// <summary>Rows in the training file that ships.</summary>
    public const int TrainingRows = 3_000;

    /// <summary>Rows in the held-out file that ships.</summary>
    public const int HeldOutRows = 100;

    // The default encoder writes a quotation mark as \u0022, which no instruction file in the wild does.
    private static readonly JsonWriterOptions jsonLine = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Scenes as plain text, an empty line after each.</summary>
    public static void WriteScenes(Stream to, int count, ulong seed = Seed)
    {
        using StreamWriter writer = new(to, leaveOpen: true) { NewLine = "\n" };
        foreach (string scene in new StoryGrammar(seed).Scenes(count))
        {
            writer.WriteLine(scene);
            writer.WriteLine();
        }
    }

    /// <summary>Rows as JSON lines: <c>{"prompt":"...","completion":"..."}</c>.</summary>
    public static void WriteRows(Stream to, IEnumerable<InstructionRow> rows)
    {
        using Utf8JsonWriter writer = new(to, jsonLine);
        foreach (InstructionRow row in rows)
        {
            writer.WriteStartObject();
            writer.WriteString("prompt", row.Prompt);
            writer.WriteString("completion", row.Completion);
            writer.WriteEndObject();
            writer.Flush();
            to.WriteByte((byte)'\n');
            writer.Reset();
        }
    }

    /// <summary>The training rows that ship.</summary>
    public static IEnumerable<InstructionRow> Training => new ExtractionTask(Seed).Training(TrainingRows);

    /// <summary>The held-out rows that ship.</summary>
    public static IEnumerable<InstructionRow> HeldOut => new ExtractionTask(Seed).HeldOut(HeldOutRows);
}
