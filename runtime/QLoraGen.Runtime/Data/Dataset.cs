using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace QLoraGen.Data;

/// <summary>
/// A dataset file, read, checked and rendered to text. Rows of JSON (an array, or one value a line) may be strings or objects with
/// `text`; `instruction`, `input` (optional), `output`; `prompt`, `completion`; `question`, `answer`; or `messages` of `role` and
/// `content`. Other fields are ignored. A `.txt` file is one text.
/// </summary>
/// <param name="Samples">The rows, in the file's order; at least one.</param>
/// <param name="Kind">What the rows are; all rows of a file are of one kind.</param>
public sealed record Dataset(IReadOnlyList<Sample> Samples, DatasetKind Kind)
{
    /// <summary>Reads a `.json`, `.jsonl` or `.txt` file in UTF-8, with or without a byte order mark.</summary>
    /// <param name="path">The file.</param>
    /// <param name="keepMessages">
    /// Whether rows of messages are kept for the model's chat template (<see cref="Sample.Conversation"/>). Without one they are
    /// rendered in a plain layout, of which the last turn is learned.
    /// </param>
    /// <exception cref="QLoraException">The file or a row of it is wrong; the message names file, row, field and fix.</exception>
    public static Dataset Read(string path, bool keepMessages = false)
    {
        string extension = Path.GetExtension(path).ToLowerInvariant();
        if (extension is not (".json" or ".jsonl" or ".ndjson" or ".txt"))
        {
            throw new QLoraException($"{path}: a dataset is a .json, .jsonl or .txt file; rename or convert it.");
        }
        ReadOnlyMemory<byte> utf8 = ReadUtf8(path);
        if (extension == ".txt")
        {
            string text = Encoding.UTF8.GetString(utf8.Span);
            return string.IsNullOrWhiteSpace(text) ? throw Empty(path) : new([new(null, text)], DatasetKind.Document);
        }
        bool lines = extension != ".json" || !utf8.Span.TrimStart(" \t\r\n"u8).StartsWith("["u8);
        return FromRows(path, lines ? Lines(path, utf8) : Items(path, utf8), keepMessages);
    }

    private static Dataset FromRows(string path, IEnumerable<DatasetRow> rows, bool keepMessages)
    {
        List<Sample> samples = [];
        bool? prompted = null;
        foreach (DatasetRow row in rows)
        {
            Sample sample = row.Render(keepMessages);
            prompted ??= sample.Prompt is not null;
            if (prompted != sample.Prompt is not null)
            {
                throw row.Error(prompted.Value
                    ? "is a plain text, but the rows before it have prompts; keep the two in separate files"
                    : "has a prompt, but the rows before it are plain texts; keep the two in separate files");
            }
            samples.Add(sample);
        }
        return samples.Count == 0 ? throw Empty(path) : new(samples, prompted == true ? DatasetKind.Instructions : DatasetKind.Texts);
    }

    private static IEnumerable<DatasetRow> Items(string path, ReadOnlyMemory<byte> utf8)
    {
        using JsonDocument document = Parse(path, utf8, firstLine: 1);
        int row = 0;
        foreach (JsonElement item in document.RootElement.EnumerateArray())
        {
            yield return new($"{path}: row {++row}", item);
        }
    }

    private static IEnumerable<DatasetRow> Lines(string path, ReadOnlyMemory<byte> utf8)
    {
        for (int line = 1; !utf8.IsEmpty; line++)
        {
            int end = utf8.Span.IndexOf((byte)'\n');
            ReadOnlyMemory<byte> json = end < 0 ? utf8 : utf8[..end];
            utf8 = end < 0 ? default : utf8[(end + 1)..];
            if (json.Span.ContainsAnyExcept(" \t\r"u8))
            {
                using JsonDocument document = Parse(path, json, line);
                yield return new($"{path}: line {line}", document.RootElement);
            }
        }
    }

    private static JsonDocument Parse(string path, ReadOnlyMemory<byte> utf8, int firstLine)
    {
        try
        {
            return JsonDocument.Parse(utf8);
        }
        catch (JsonException error)
        {
            string where = $"line {firstLine + error.LineNumber.GetValueOrDefault()}, byte {error.BytePositionInLine + 1}";
            throw new QLoraException($"{path}: {where}: not valid JSON. Correct it there; a .jsonl file has one whole value on each line, "
                + "a .json file one array of rows.", error);
        }
    }

    private static ReadOnlyMemory<byte> ReadUtf8(string path)
    {
        if (Directory.Exists(path))
        {
            throw new QLoraException($"{path}: is a folder; name one file in it.");
        }
        if (!File.Exists(path))
        {
            throw new QLoraException($"{path}: there is no such file; correct the path of the dataset.");
        }
        if (new FileInfo(path).Length > Array.MaxLength)
        {
            throw new QLoraException($"{path}: larger than {Array.MaxLength} bytes; split it into smaller files.");
        }
        ReadOnlyMemory<byte> bytes = ReadAll(path);
        ReadOnlyMemory<byte> utf8 = bytes.Span.StartsWith("\uFEFF"u8) ? bytes[3..] : bytes;
        if (!Utf8.IsValid(utf8.Span))
        {
            int line = 1 + utf8.Span[..FirstInvalid(utf8.Span)].Count((byte)'\n');
            throw new QLoraException($"{path}: line {line}: not valid UTF-8; save the file as UTF-8.");
        }
        return utf8;
    }

    private static byte[] ReadAll(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new QLoraException($"{path}: cannot be read: {e.Message} Check that it is a file and that you may read it.", e);
        }
    }

    private static int FirstInvalid(ReadOnlySpan<byte> utf8)
    {
        int at = 0;
        while (Rune.DecodeFromUtf8(utf8[at..], out _, out int length) == System.Buffers.OperationStatus.Done)
        {
            at += length;
        }
        return at;
    }

    private static QLoraException Empty(string path) => new($"{path}: the dataset is empty; add at least one row.");
}
