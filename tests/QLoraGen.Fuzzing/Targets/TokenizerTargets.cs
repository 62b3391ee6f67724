using System.Text;
using System.Text.Json.Nodes;
using QLoraGen.Testing;
using QLoraGen.Tokenization;

namespace QLoraGen.Fuzzing.Targets;

/// <summary>Tokenizers of every kind, with a text encoded and decoded by what could be read.</summary>
internal static class TokenizerTargets
{
    private const string Settings =
        """{"add_bos_token": true, "bos_token": "<s>", "eos_token": {"content": "</s>", "lstrip": false}, "model_max_length": 512, "chat_template": "{{ messages[0]['content'] }}"}""";

    private const string Text = "Hello  wörld, 123 don't\n\n\t<s>日本語 🙂 </s> e\u0301";

    public static readonly Target Json = new("tokenizer.json", JsonSeeds, Use);

    public static readonly Target SentencePiece = new("tokenizer.model", SentencePieceSeeds, Use);

    public static readonly Target VocabAndMerges = new("vocab", VocabSeeds, Use);

    private static void Use(string folder)
    {
        var tokenizer = Tokenizer.Load(folder);
        tokenizer.Decode(tokenizer.Encode(Text));
        tokenizer.Decode(tokenizer.Encode(Text, allowSpecial: true));
        tokenizer.Decode(tokenizer.EncodeContinuation("a"));
        tokenizer.Decode([0, 1, int.MaxValue]);
    }

    private static IReadOnlyList<Seed> JsonSeeds() =>
    [
        Trained(),
        .. SharedData.Root is null ? [] : ((string[])["gpt2", "phi3"]).Select(static name => Cut(SharedData.Path("tokenizers", name, "tokenizer.json"))),
    ];

    private static Seed Trained()
    {
        using var folder = new TempFolder();
        BpeTrainer.Train(["the cat and the dog", "the sun and the moon", "don't stop"], 280, folder.Path);
        folder.Write("tokenizer_config.json", Settings);
        return Seed.Of(folder.Path);
    }

    // A real one with its first merges and the pieces that they are made of: all its settings, in a hundredth of its length.
    private static Seed Cut(string path)
    {
        JsonObject root = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        JsonObject model = root["model"]!.AsObject();
        JsonObject vocab = new(model["vocab"]!.AsObject().Where(static entry => (int)entry.Value! < 400)
            .Select(static entry => KeyValuePair.Create(entry.Key, (JsonNode?)JsonValue.Create((int)entry.Value!))));
        model["vocab"] = vocab;
        JsonNode[] merges = [.. model["merges"]!.AsArray().Select(static merge => merge!.DeepClone()).Where(merge =>
            (merge is JsonArray pair ? string.Concat(pair.Select(static part => (string)part!)) : ((string)merge!).Replace(" ", "")) is var whole && vocab.ContainsKey(whole)
            && (merge is JsonArray both ? both.Select(static part => (string)part!) : ((string)merge!).Split(' ')).All(vocab.ContainsKey))];
        model["merges"] = new JsonArray(merges);
        return new Seed(new Dictionary<string, byte[]>
        {
            ["tokenizer.json"] = Encoding.UTF8.GetBytes(root.ToJsonString()), ["tokenizer_config.json"] = Encoding.UTF8.GetBytes(Settings),
        });
    }

    private static IReadOnlyList<Seed> SentencePieceSeeds() => SharedData.Root is null ? [] :
    [
        new Seed(new Dictionary<string, byte[]>
        {
            ["tokenizer.model"] = File.ReadAllBytes(SharedData.Path("models", "stories260K", "tokenizer.model")),
            ["tokenizer_config.json"] = Encoding.UTF8.GetBytes(Settings),
        }),
    ];

    private static IReadOnlyList<Seed> VocabSeeds()
    {
        JsonObject root = JsonNode.Parse(Trained().Files["tokenizer.json"])!.AsObject();
        IEnumerable<string> merges = root["model"]!["merges"]!.AsArray().Select(static merge =>
            merge is JsonArray pair ? string.Join(' ', pair.Select(static part => (string)part!)) : (string)merge!);
        return
        [
            new Seed(new Dictionary<string, byte[]>
            {
                ["vocab.json"] = Encoding.UTF8.GetBytes(root["model"]!["vocab"]!.ToJsonString()),
                ["merges.txt"] = Encoding.UTF8.GetBytes($"#version: 0.2\n{string.Join('\n', merges)}\n"),
                ["tokenizer_config.json"] = Encoding.UTF8.GetBytes("""{"tokenizer_class": "GPT2Tokenizer", "eos_token": "<|endoftext|>"}"""),
            }),
        ];
    }
}
