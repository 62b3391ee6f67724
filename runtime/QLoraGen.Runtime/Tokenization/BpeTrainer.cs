using System.Text.Json;
using System.Text.Json.Nodes;

namespace QLoraGen.Tokenization;

/// <summary>
/// Trains a small byte-level BPE tokenizer (Sennrich et al., 2016, over GPT-2's words and bytes) and writes it as Hugging Face's
/// files. The result depends on the texts and the size alone: of equally frequent pairs the one with the smaller ids is merged.
/// </summary>
public static class BpeTrainer
{
    /// <summary>
    /// Writes `tokenizer.json` and `tokenizer_config.json` to a folder, which <see cref="Tokenizer.Load"/> and Hugging Face's
    /// tokenizers read. Ids: BOS 0, EOS 1, the 256 bytes, then the merges.
    /// </summary>
    /// <param name="texts">What to learn from; meant for up to some megabytes.</param>
    /// <param name="vocabSize">
    /// The most ids to use, at least 258. Fewer come out where the texts have no pair left that occurs twice.
    /// </param>
    /// <param name="folder">Where the files go; made where it is missing.</param>
    /// <param name="bos">The token that begins a text, which is then expected before every text.</param>
    /// <param name="eos">The token that ends a text.</param>
    /// <exception cref="QLoraException">The size is too small, or BOS and EOS are the same or not usable as tokens.</exception>
    public static void Train(IEnumerable<string> texts, int vocabSize, string folder, string bos = "<s>", string eos = "</s>")
    {
        List<string> tokens = [bos, eos, .. ByteAlphabet.Chars.ToArray().Order().Select(c => c.ToString())];
        if (tokens.Distinct().Count() < tokens.Count || bos.Length == 0 || eos.Length == 0)
        {
            throw new QLoraException($"BOS '{bos}' and EOS '{eos}' must be two different tokens of more than one character; rename them.");
        }
        if (vocabSize < tokens.Count)
        {
            throw new QLoraException($"a vocabulary of {vocabSize} cannot hold the {tokens.Count} special tokens and bytes; "
                + "raise it to at least that.");
        }
        List<(int Left, int Right)> merges = new BpeMergeSearch(Words(texts, tokens)).Search(tokens, vocabSize, forbidden: [bos, eos]);
        Directory.CreateDirectory(folder);
        Write("tokenizer.json", TokenizerJson(tokens, merges, bos, eos));
        Write("tokenizer_config.json", Config(bos, eos));

        void Write(string name, JsonObject json) =>
            File.WriteAllText(Path.Combine(folder, name), json.ToJsonString(new JsonSerializerOptions { WriteIndented = true }) + "\n");
    }

    private static Dictionary<string, (int[] Symbols, long Count)> Words(IEnumerable<string> texts, List<string> tokens)
    {
        Dictionary<char, int> ids = [];
        for (int id = 2; id < tokens.Count; id++)
        {
            ids[tokens[id][0]] = id;
        }
        PreTokenizer splitter = PreTokenizer.ByteLevel(PreTokenizer.Gpt2, addPrefixSpace: false);
        Dictionary<string, (int[] Symbols, long Count)> words = [];
        foreach ((string bytes, _) in texts.Where(static text => text.Length > 0).SelectMany(text => splitter.Split(new(text, TextStart.OfText))))
        {
            words[bytes] = words.TryGetValue(bytes, out (int[] Symbols, long Count) seen)
                ? (seen.Symbols, seen.Count + 1)
                : ([.. bytes.Select(c => ids[c])], 1);
        }
        return words;
    }

    private static JsonObject TokenizerJson(List<string> tokens, List<(int Left, int Right)> merges, string bos, string eos) => new()
    {
        ["version"] = "1.0",
        ["truncation"] = null,
        ["padding"] = null,
        ["added_tokens"] = new JsonArray(Added(0, bos), Added(1, eos)),
        ["normalizer"] = null,
        ["pre_tokenizer"] = ByteLevel(),
        ["post_processor"] = new JsonObject
        {
            ["type"] = "TemplateProcessing",
            ["single"] = new JsonArray(Special(bos, 0), Sequence("A", 0)),
            ["pair"] = new JsonArray(Special(bos, 0), Sequence("A", 0), Special(bos, 1), Sequence("B", 1)),
            ["special_tokens"] = new JsonObject
            {
                [bos] = new JsonObject { ["id"] = bos, ["ids"] = new JsonArray(0), ["tokens"] = new JsonArray(bos) },
            },
        },
        ["decoder"] = ByteLevel(),
        ["model"] = new JsonObject
        {
            ["type"] = "BPE",
            ["dropout"] = null,
            ["unk_token"] = null,
            ["continuing_subword_prefix"] = null,
            ["end_of_word_suffix"] = null,
            ["fuse_unk"] = false,
            ["byte_fallback"] = false,
            ["ignore_merges"] = false,
            ["vocab"] = new JsonObject(tokens.Select((token, id) => KeyValuePair.Create(token, (JsonNode?)id))),
            ["merges"] = new JsonArray([.. merges.Select(merge => JsonValue.Create($"{tokens[merge.Left]} {tokens[merge.Right]}"))]),
        },
    };

    private static JsonObject Config(string bos, string eos) => new()
    {
        ["tokenizer_class"] = "PreTrainedTokenizerFast",
        ["bos_token"] = bos,
        ["eos_token"] = eos,
        ["add_bos_token"] = true,
        ["clean_up_tokenization_spaces"] = false,
    };

    private static JsonObject ByteLevel() => new()
    {
        ["type"] = "ByteLevel",
        ["add_prefix_space"] = false,
        ["trim_offsets"] = true,
        ["use_regex"] = true,
    };

    private static JsonObject Added(int id, string content) => new()
    {
        ["id"] = id,
        ["content"] = content,
        ["single_word"] = false,
        ["lstrip"] = false,
        ["rstrip"] = false,
        ["normalized"] = false,
        ["special"] = true,
    };

    private static JsonObject Special(string token, int type) =>
        new() { ["SpecialToken"] = new JsonObject { ["id"] = token, ["type_id"] = type } };

    private static JsonObject Sequence(string name, int type) =>
        new() { ["Sequence"] = new JsonObject { ["id"] = name, ["type_id"] = type } };
}
