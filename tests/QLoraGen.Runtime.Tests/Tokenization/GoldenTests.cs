using System.Text.Json.Nodes;
using QLoraGen.Testing;
using QLoraGen.Tokenization;

namespace QLoraGen.Tests.Tokenization;

/// <summary>Real tokenizers against the ids that llama.cpp expects: 47 texts each.</summary>
public sealed class GoldenTests
{
    [SharedFact]
    public void Gpt2_tokenizer_json_gives_every_golden_id() => Check("gpt-2", Gpt2());

    [SharedFact]
    public void Gpt2_vocab_and_merges_give_every_golden_id()
    {
        using TempFolder folder = new();
        File.Copy(SharedData.Path("tokenizers", "gpt2", "encoder.json"), folder.File("vocab.json"));
        File.Copy(SharedData.Path("tokenizers", "gpt2", "vocab.bpe"), folder.File("merges.txt"));
        folder.Write("tokenizer_config.json", """{"tokenizer_class": "GPT2Tokenizer", "eos_token": "<|endoftext|>"}""");
        Tokenizer tokenizer = Tokenizer.Load(folder.Path);
        Check("gpt-2", tokenizer);
        Assert.Equal((50257, 50256), (tokenizer.VocabSize, tokenizer.EosId));
    }

    [SharedFact]
    public void Qwen2_vocab_and_merges_give_every_golden_id()
    {
        Tokenizer tokenizer = Tokenizer.Load(SharedData.Path("tokenizers", "qwen2.5"));
        Check("qwen2", tokenizer);
        Assert.Equal((151665, null, 151643, false), (tokenizer.VocabSize, tokenizer.BosId, tokenizer.EosId, tokenizer.AddBos));
    }

    [SharedFact]
    public void Phi3_tokenizer_json_gives_every_golden_id()
    {
        Tokenizer tokenizer = Tokenizer.Load(SharedData.Path("tokenizers", "phi3"));
        Check("phi-3", tokenizer);
        Assert.Equal((1, 32000, true), (tokenizer.BosId, tokenizer.EosId, tokenizer.AddBos));
    }

    [SharedFact]
    public void Tokens_added_without_being_special_are_found_in_every_text()
    {
        using TempFolder folder = new();
        File.Copy(SharedData.Path("tokenizers", "gpt2", "tokenizer.json"), folder.File("tokenizer.json"));
        Tokenizer tokenizer = Tokenizer.Load(folder.Path);
        int[] ids = tokenizer.Encode("a" + new string(' ', 31) + "b");
        Assert.Equal([64, 50257, 65], ids);
        Assert.Equal("a" + new string(' ', 31) + "b", tokenizer.Decode(ids));
    }

    /// <summary>The file without the runs of spaces that its maker added: llama.cpp's ids are those of plain GPT-2.</summary>
    private static Tokenizer Gpt2()
    {
        using TempFolder folder = new();
        JsonObject json = JsonNode.Parse(File.ReadAllText(SharedData.Path("tokenizers", "gpt2", "tokenizer.json")))!.AsObject();
        JsonArray added = json["added_tokens"]!.AsArray();
        while (added.Count > 1)
        {
            added.RemoveAt(1);
        }
        folder.Write("tokenizer.json", json.ToJsonString());
        return Tokenizer.Load(folder.Path);
    }

    private static void Check(string family, Tokenizer tokenizer)
    {
        (string[] texts, int[][] expected) = (GoldenTexts.Read(family), GoldenTexts.ReadIds(family));
        Assert.Equal((47, 47), (texts.Length, expected.Length));
        Assert.All(texts.Zip(expected), pair => Assert.Equal(pair.Second, tokenizer.Encode(pair.First)));
        Assert.All(texts, text => Assert.Equal(text, tokenizer.Decode(tokenizer.Encode(text))));
    }
}
