using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using QLoraGen.Cli.Default;

namespace QLoraGen.Cli.Tests.Default;

public sealed class DefaultTextTests
{
    [Fact]
    public void The_same_scenes_are_the_same_bytes_with_an_empty_line_after_each()
    {
        byte[] bytes = Bytes(to => DefaultText.WriteScenes(to, 500));
        Assert.Equal(bytes, Bytes(to => DefaultText.WriteScenes(to, 500)));

        string text = Encoding.UTF8.GetString(bytes);
        Assert.DoesNotContain('\r', text);
        Assert.Equal(new StoryGrammar(DefaultText.Seed).Scenes(500), text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public void A_row_is_a_line_of_JSON_that_reads_back()
    {
        InstructionRow[] rows = [.. DefaultText.HeldOut];
        byte[] bytes = Bytes(to => DefaultText.WriteRows(to, rows));
        Assert.Equal(bytes, Bytes(to => DefaultText.WriteRows(to, DefaultText.HeldOut)));

        string[] lines = Encoding.UTF8.GetString(bytes).TrimEnd('\n').Split('\n');
        Assert.Equal(DefaultText.HeldOutRows, lines.Length);
        Assert.StartsWith("{\"prompt\":\"", lines[0]);
        Assert.DoesNotContain("\\u0022", lines[0]);
        Assert.Equal(rows, lines.Select(line =>
        {
            using JsonDocument json = JsonDocument.Parse(line);
            JsonElement row = json.RootElement;
            return new InstructionRow(row.GetProperty("prompt").GetString()!, row.GetProperty("completion").GetString()!);
        }));
    }

    [Fact]
    public void The_stream_stays_open()
    {
        using MemoryStream to = new();
        DefaultText.WriteScenes(to, 1);
        DefaultText.WriteRows(to, DefaultText.HeldOut.Take(1));
        Assert.True(to.CanWrite);
    }

    [Fact]
    public void The_rows_that_ship_are_those_that_are_made()
    {
        Assert.Equal(Shipped("train.jsonl"), Bytes(to => DefaultText.WriteRows(to, DefaultText.Training)));
        Assert.Equal(Shipped("heldout.jsonl"), Bytes(to => DefaultText.WriteRows(to, DefaultText.HeldOut)));
    }

    // A change of words or grammar makes the shipped weights strangers to their text: make them again, then renew this.
    [Fact]
    public void The_text_that_the_shipped_weights_were_trained_on_keeps_its_bytes() =>
        Assert.Equal("44092a967bad33b4", Digest(to => DefaultText.WriteScenes(to, 1_000)));

    private static byte[] Shipped(string name) => File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "default", name));

    private static string Digest(Action<Stream> write) => Convert.ToHexStringLower(SHA256.HashData(Bytes(write)))[..16];

    private static byte[] Bytes(Action<Stream> write)
    {
        using MemoryStream to = new();
        write(to);
        return to.ToArray();
    }
}
