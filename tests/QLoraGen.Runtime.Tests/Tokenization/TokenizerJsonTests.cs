using System.Text.Json.Nodes;
using QLoraGen.Testing;
using QLoraGen.Tokenization;

namespace QLoraGen.Tests.Tokenization;

/// <summary>Variations of one small, real tokenizer.json: what is honoured and what is refused.</summary>
public sealed class TokenizerJsonTests : IDisposable
{
    private readonly TempFolder folder = new();
    private readonly JsonObject json;

    public TokenizerJsonTests()
    {
        BpeTrainer.Train(["12 ab 12 ab ab1 ab1"], 264, folder.Path);
        json = JsonNode.Parse(File.ReadAllText(folder.File("tokenizer.json")))!.AsObject();
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Merges_may_be_strings_or_pairs()
    {
        int[] before = Load().Encode("ab 12");
        json["model"]!["merges"] = new JsonArray([.. json["model"]!["merges"]!.AsArray().Select(merge =>
            new JsonArray([.. ((string)merge!).Split(' ').Select(side => JsonValue.Create(side))]))]);
        Assert.Equal(before, Load().Encode("ab 12"));
        Assert.True(before.Length < 5);
    }

    [Fact]
    public void A_prefix_space_stands_before_a_text_and_not_before_a_continuation()
    {
        int[] spaced = Load().Encode(" ab");
        json["pre_tokenizer"]!["add_prefix_space"] = true;
        Tokenizer tokenizer = Load();
        Assert.Equal(spaced, tokenizer.Encode("ab"));
        Assert.Equal(spaced, tokenizer.Encode(" ab"));
        Assert.NotEqual(spaced, tokenizer.EncodeContinuation("ab"));
        Assert.Equal("ab", tokenizer.Decode(tokenizer.Encode("ab")));
    }

    [Fact]
    public void A_split_before_the_bytes_keeps_merges_from_crossing_it()
    {
        int whole = Load().Encode("12").Length;
        json["pre_tokenizer"] = Parse("""
            {"type": "Sequence", "pretokenizers": [
              {"type": "Split", "pattern": {"Regex": "\\p{N}|[^\\p{N}]+"}, "behavior": "Isolated", "invert": false},
              {"type": "ByteLevel", "add_prefix_space": false, "use_regex": false}]}
            """);
        Assert.Equal((1, 2), (whole, Load().Encode("12").Length));
        json["pre_tokenizer"]!["pretokenizers"]![0] = Parse("""{"type": "Digits", "individual_digits": true}""");
        Assert.Equal(2, Load().Encode("12").Length);
    }

    [Fact]
    public void Ignored_merges_take_a_word_whole_that_no_merge_reaches()
    {
        json["model"]!["vocab"]!["xyz"] = 264;
        Assert.Equal(3, Load().Encode("xyz").Length);
        json["model"]!["ignore_merges"] = true;
        Assert.Equal([264], Load().Encode("xyz"));
    }

    [Fact]
    public void An_added_token_swallows_white_space_where_it_says_so()
    {
        json["added_tokens"]!.AsArray().Add(Parse("""{"id": 264, "content": "<x>", "lstrip": true, "rstrip": true, "special": true}"""));
        Tokenizer tokenizer = Load();
        Assert.Equal([.. tokenizer.Encode("1"), 264, .. tokenizer.Encode("2")], tokenizer.Encode("1 <x>\n 2", allowSpecial: true).AsSpan());
        Assert.Equal("12", tokenizer.Decode(tokenizer.Encode("1 <x> 2", allowSpecial: true)));
    }

    [Theory]
    [InlineData("""{"model": {"type": "Unigram"}}""", "model.type", "found 'Unigram'")]
    [InlineData("""{"model": {"type": "WordPiece"}}""", "model.type", "found 'WordPiece'")]
    [InlineData("""{"model": {"continuing_subword_prefix": "##"}}""", "model.continuing_subword_prefix", "set it to null")]
    [InlineData("""{"model": {"dropout": 0.1}}""", "model.dropout", "set it to null")]
    [InlineData("""{"model": {"merges": ["ab"]}}""", "model.merges[0]", "must be two tokens")]
    [InlineData("""{"model": {"merges": ["q é"]}}""", "merges[0]", "is not in the vocabulary")]
    [InlineData("""{"model": {"vocab": {"a": -1}}}""", "model.vocab.a", "must be a token id")]
    [InlineData("""{"model": {"vocab": {"a": 0, "b": 0}, "merges": []}}""", "vocab", "id 0 is given to both")]
    [InlineData("""{"model": {"vocab": {"a": 0}, "merges": []}}""", "vocab", "is missing")]
    [InlineData("""{"model": {"byte_fallback": true}}""", "pre_tokenizer", "found 'ByteLevel'")]
    [InlineData("""{"normalizer": {"type": "Lowercase"}}""", "normalizer", "found 'Lowercase'")]
    [InlineData("""{"pre_tokenizer": {"type": "Whitespace"}}""", "pre_tokenizer", "found 'Whitespace'")]
    [InlineData("""{"pre_tokenizer": null}""", "pre_tokenizer", "only byte-level BPE")]
    [InlineData("""{"pre_tokenizer": {"type": "Split", "pattern": {"Regex": "("}, "behavior": "Isolated"}}""", "pre_tokenizer", "")]
    [InlineData("""{"pre_tokenizer": {"type": "Split", "pattern": {"String": " "}, "behavior": "MergedWithPrevious"}}""", "pre_tokenizer.behavior", "Isolated")]
    [InlineData("""{"post_processor": {"type": "BertProcessing"}}""", "post_processor", "found 'BertProcessing'")]
    [InlineData("""{"added_tokens": [{"id": 0, "content": "a"}, {"id": 0, "content": "b"}]}""", "added_tokens", "id 0 is given to both")]
    [InlineData("""{"added_tokens": [{"id": 0, "content": "a", "single_word": true}]}""", "added_tokens[0].single_word", "is not supported")]
    public void What_is_not_supported_is_refused_by_file_and_field(string change, string field, string why)
    {
        foreach ((string name, JsonNode? value) in JsonNode.Parse(change)!.AsObject())
        {
            if (name == "model")
            {
                foreach ((string part, JsonNode? inner) in value!.AsObject())
                {
                    json["model"]![part] = inner?.DeepClone();
                }
            }
            else
            {
                json[name] = value?.DeepClone();
            }
        }
        string message = Assert.Throws<QLoraException>(Load).Message;
        Assert.StartsWith(folder.File("tokenizer.json"), message);
        Assert.Contains(field, message);
        Assert.Contains(why, message);
    }

    [Theory]
    [InlineData("{\"model\": ", "not JSON")]
    [InlineData("{\"model\": {\"vocab\": {\"\\ud83d\": 1}, \"merges\": []}}", "damaged")]
    [InlineData("[]", "only BPE")]
    public void A_damaged_file_is_refused(string text, string why)
    {
        folder.Write("tokenizer.json", text);
        Assert.Contains(why, Assert.Throws<QLoraException>(() => Tokenizer.Load(folder.Path)).Message);
    }

    [Fact]
    public void A_metaspace_tokenizer_puts_its_space_first_and_falls_back_to_bytes()
    {
        JsonObject vocab = new(Enumerable.Range(0, 256).Select(value => KeyValuePair.Create($"<0x{value:X2}>", (JsonNode?)value)));
        foreach (string token in (string[])["▁", "a", "b", "▁a", "b▁"])
        {
            vocab[token] = vocab.Count;
        }
        json["model"] = new JsonObject { ["type"] = "BPE", ["byte_fallback"] = true, ["vocab"] = vocab, ["merges"] = new JsonArray("b ▁", "▁ a") };
        json["added_tokens"] = new JsonArray();
        json["post_processor"] = null;
        json["pre_tokenizer"] = Parse("""{"type": "Metaspace", "replacement": "▁", "prepend_scheme": "first", "split": false}""");
        File.Delete(folder.File("tokenizer_config.json"));

        Assert.Equal([259, 260, 257], Load().Encode("ab a"));
        Assert.Equal([259, 260, 257], Load().Encode(" ab a"));
        Assert.Equal([257, 195, 169], Load().EncodeContinuation("aé"));
        Assert.Equal("ab é", Load().Decode(Load().Encode("ab é")));
        json["pre_tokenizer"]!["split"] = true;
        Assert.Equal([259, 258, 259], Load().Encode("ab a"));
    }

    private static JsonNode Parse(string text) => JsonNode.Parse(text)!;

    private Tokenizer Load()
    {
        folder.Write("tokenizer.json", json.ToJsonString());
        return Tokenizer.Load(folder.Path);
    }
}
