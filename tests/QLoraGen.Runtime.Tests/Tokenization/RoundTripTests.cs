using System.Text.Json;
using QLoraGen.Testing;
using QLoraGen.Tokenization;

namespace QLoraGen.Tests.Tokenization;

/// <summary>10,000 lines of real text through every real tokenizer at hand.</summary>
public sealed class RoundTripTests
{
    private static readonly Lazy<string[]> Lines = new(() =>
    {
        List<string> lines = [.. File.ReadLines(SharedData.Path("datasets", "tinyshakespeare.txt")).Where(line => line.Length > 0).Take(4000)];
        foreach (string row in File.ReadLines(SharedData.Path("datasets", "gsm8k", "train.jsonl")).Take(2500))
        {
            using JsonDocument json = JsonDocument.Parse(row);
            lines.Add(json.RootElement.GetProperty("question").GetString()!);
            lines.Add(json.RootElement.GetProperty("answer").GetString()!);
        }
        lines.AddRange(JsonSerializer.Deserialize<string[]>(File.ReadAllText(SharedData.Path("datasets", "tinystories", "tinystories_1000.json")))!);
        return [.. lines];
    });

    [SharedTheory]
    [InlineData("qwen2.5", null, null)]
    [InlineData("phi3", null, null)]
    [InlineData("gpt2", "tokenizer.json", "tokenizer.json")]
    [InlineData("mistral", "tokenizer.model.v1", "tokenizer.model")]
    public void Every_line_comes_back(string family, string? file, string? named)
    {
        using TempFolder folder = new();
        string path = SharedData.Path("tokenizers", family);
        if (file is not null)
        {
            File.Copy(Path.Combine(path, file), folder.File(named!));
            path = folder.Path;
        }
        Tokenizer tokenizer = Tokenizer.Load(path);
        Assert.Equal(10_000, Lines.Value.Length);
        Assert.All(Lines.Value, line => Assert.Equal(line, tokenizer.Decode(tokenizer.Encode(line))));
    }

    [SharedFact]
    public void A_model_that_drops_extra_spaces_gives_the_same_ids_again()
    {
        Tokenizer tokenizer = Tokenizer.Load(SharedData.Path("models", "stories260K"));
        Assert.All(Lines.Value, line => Assert.Equal(
            string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries)), tokenizer.Decode(tokenizer.Encode(line))));
    }
}
