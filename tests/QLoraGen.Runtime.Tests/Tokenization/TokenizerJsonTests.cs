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
    [InlineData("""{"model": {"type": "WordPiece"}}""", "model.type", "found 'WordPiece'")]
    [InlineData("""{"model": {"type": "Unigram"}}""", "model.vocab", "must be an array")]
    [InlineData("""{"model": {"type": "Unigram", "vocab": []}}""", "model.vocab", "is empty")]
    [InlineData("""{"model": {"type": "Unigram", "vocab": [["a", 0]], "unk_id": 1}}""", "model.unk_id", "has 1 pieces")]
    [InlineData("""{"model": {"type": "Unigram", "vocab": [["a", "b"]]}}""", "model.vocab[0][1]", "must be a number")]
    [InlineData("""{"model": {"continuing_subword_prefix": "##"}}""", "model.continuing_subword_prefix", "set it to null")]
    [InlineData("""{"model": {"dropout": 0.1}}""", "model.dropout", "set it to null")]
    [InlineData("""{"model": {"merges": ["ab"]}}""", "model.merges[0]", "must be two tokens")]
    [InlineData("""{"model": {"merges": ["q é"]}}""", "merges", "is not in the vocabulary")]
    [InlineData("""{"model": {"vocab": {"a": -1}}}""", "model.vocab.a", "must be a token id")]
    [InlineData("""{"model": {"vocab": {"a": 0, "b": 0}, "merges": []}}""", "vocab", "id 0 is given to both")]
    [InlineData("""{"model": {"vocab": {"a": 0}, "merges": []}}""", "vocab", "is missing")]
    [InlineData("""{"model": {"unk_token": "<unk>"}}""", "model.unk_token", "is not in the vocabulary")]
    [InlineData("""{"normalizer": {"type": "BertNormalizer"}}""", "normalizer.type", "found 'BertNormalizer'")]
    [InlineData("""{"normalizer": {"type": "Precompiled", "precompiled_charsmap": "AAAA"}}""", "normalizer.precompiled_charsmap", "too few")]
    [InlineData("""{"normalizer": {"type": "Precompiled", "precompiled_charsmap": "/////w=="}}""", "normalizer.precompiled_charsmap", "does not fit")]
    [InlineData("""{"normalizer": {"type": "Replace", "pattern": {"String": ""}, "content": "a"}}""", "normalizer.pattern.String", "not be empty")]
    [InlineData("""{"pre_tokenizer": {"type": "BertPreTokenizer"}}""", "pre_tokenizer.type", "found 'BertPreTokenizer'")]
    [InlineData("""{"pre_tokenizer": null}""", "pre_tokenizer", "without ByteLevel")]
    [InlineData("""{"post_processor": {"type": "Other"}}""", "post_processor.type", "found 'Other'")]
    [InlineData("""{"post_processor": {"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "<s>"}}, {"SpecialToken": {"id": "<s>"}}, {"Sequence": {"id": "A"}}]}}""", "post_processor.single", "at most one token")]
    [InlineData("""{"decoder": {"type": "CTC"}}""", "decoder.type", "found 'CTC'")]
    [InlineData("""{"added_tokens": [{"id": 0, "content": "a"}, {"id": 0, "content": "b"}]}""", "added_tokens", "id 0 is given to both")]
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
        json["decoder"] = Parse("""
            {"type": "Sequence", "decoders": [{"type": "Metaspace", "replacement": "▁", "prepend_scheme": "first"}, {"type": "ByteFallback"}, {"type": "Fuse"}]}
            """);
        File.Delete(folder.File("tokenizer_config.json"));

        Assert.Equal([259, 260, 257], Load().Encode("ab a"));
        Assert.Equal([259, 260, 257], Load().Encode(" ab a"));
        Assert.Equal([257, 195, 169], Load().EncodeContinuation("aé"));
        Assert.Equal("ab é", Load().Decode(Load().Encode("ab é")));
        json["pre_tokenizer"]!["split"] = true;
        Assert.Equal([259, 258, 259], Load().Encode("ab a"));
    }

    [Fact]
    public void A_single_word_is_found_only_where_no_letter_touches_it()
    {
        json["added_tokens"]!.AsArray().Add(Parse("""{"id": 264, "content": "ab", "single_word": true, "special": false}"""));
        Tokenizer tokenizer = Load();
        Assert.Equal(264, Assert.Single(tokenizer.Encode("ab")));
        Assert.Contains(264, tokenizer.Encode("1.ab!"));
        Assert.DoesNotContain(264, tokenizer.Encode("abc"));
        Assert.DoesNotContain(264, tokenizer.Encode("éab"));
    }

    [Fact]
    public void A_normalized_token_is_looked_for_in_the_normalized_text()
    {
        json["normalizer"] = Parse("""{"type": "Lowercase"}""");
        json["added_tokens"]!.AsArray().Add(Parse("""{"id": 264, "content": "<X>", "normalized": true, "special": false}"""));
        json["added_tokens"]!.AsArray().Add(Parse("""{"id": 265, "content": "<Y>", "normalized": false, "special": false}"""));
        Tokenizer tokenizer = Load();
        Assert.Equal(264, Assert.Single(tokenizer.Encode("<x>")));
        Assert.Equal(265, Assert.Single(tokenizer.Encode("<Y>")));
        Assert.DoesNotContain(265, tokenizer.Encode("<y>"));
    }

    [Fact]
    public void The_longest_of_several_added_tokens_is_taken()
    {
        json["added_tokens"]!.AsArray().Add(Parse("""{"id": 264, "content": "<|a", "special": false}"""));
        json["added_tokens"]!.AsArray().Add(Parse("""{"id": 265, "content": "<|a|>", "special": false}"""));
        Assert.Equal([265, 264], Load().Encode("<|a|><|a"));
    }

    [Fact]
    public void Fields_in_the_config_win_over_the_tokenizer_s_own_and_named_tokens_are_special()
    {
        json["added_tokens"]!.AsArray().Add(Parse("""{"id": 264, "content": "<x>", "special": false}"""));
        folder.Write("tokenizer_config.json", """
            {"bos_token": "<s>", "eos_token": {"content": "<x>"}, "pad_token": "ab", "additional_special_tokens": ["1"],
             "added_tokens_decoder": {"264": {"content": "<x>", "rstrip": true}, "265": {"content": "<y>", "special": true}}}
            """);
        Tokenizer tokenizer = Load();
        Assert.Equal((264, 266), (tokenizer.EosId, tokenizer.VocabSize));
        Assert.Equal([264, 265], tokenizer.Encode("<x>  <y>", allowSpecial: true));
        Assert.Equal("2", tokenizer.Decode(tokenizer.Encode("<x>ab1<y>2", allowSpecial: true)));
        Assert.Equal("ab", tokenizer.Decode(tokenizer.Encode("ab")) + tokenizer.Decode([.. tokenizer.Encode("a"), .. tokenizer.Encode("b")]));
        folder.Write("tokenizer_config.json", """{"added_tokens_decoder": {"266": {"content": "<x>"}}}""");
        Assert.Contains("has the id 266 here, but 264", Assert.Throws<QLoraException>(Load).Message);
    }

    [Fact]
    public void A_token_after_the_text_is_eos_that_the_model_expects()
    {
        json["post_processor"]!["single"]!.AsArray().Add(Parse("""{"SpecialToken": {"id": "</s>", "type_id": 0}}"""));
        Assert.Equal((0, true, 1, true), (Load().BosId, Load().AddBos, Load().EosId, Load().AddEos));
        folder.Write("tokenizer_config.json", """{"eos_token": "<s>"}""");
        Assert.Contains("set add_eos_token", Assert.Throws<QLoraException>(Load).Message);
        folder.Write("tokenizer_config.json", """{"eos_token": "<s>", "add_eos_token": false}""");
        Assert.Equal((0, false), (Load().EosId, Load().AddEos));
    }

    [Fact]
    public void An_unknown_character_is_one_token_or_joins_its_neighbours_where_that_is_asked_for()
    {
        json["model"] = Parse("""
            {"type": "BPE", "unk_token": "?", "fuse_unk": false, "vocab": {"?": 0, "a": 1, "▁": 2, "▁a": 3}, "merges": [["▁", "a"]]}
            """);
        json["added_tokens"] = new JsonArray();
        json["post_processor"] = null;
        json["normalizer"] = Parse("""{"type": "Replace", "pattern": {"Regex": " +"}, "content": "▁"}""");
        json["pre_tokenizer"] = null;
        File.Delete(folder.File("tokenizer_config.json"));
        Assert.Equal([1, 0, 0, 3], Load().Encode("axx  a"));
        json["model"]!["fuse_unk"] = true;
        Assert.Equal([1, 0, 3], Load().Encode("a🦙x a"));
    }

    [Fact]
    public void A_megabyte_of_one_letter_takes_no_longer_than_other_text()
    {
        string hostile = new('a', 1 << 20);
        json["model"]!["merges"] = new JsonArray("a a", "aa aa", "aaaa aaaa");
        (json["model"]!["vocab"]!["aa"], json["model"]!["vocab"]!["aaaa"], json["model"]!["vocab"]!["aaaaaaaa"]) = (264, 265, 266);
        Tokenizer tokenizer = Load();
        var watch = System.Diagnostics.Stopwatch.StartNew();
        Assert.All(tokenizer.Encode(hostile), id => Assert.Equal(266, id));
        Assert.True(watch.Elapsed.TotalSeconds < 20, $"{watch.Elapsed}");
    }

    private static JsonNode Parse(string text) => JsonNode.Parse(text)!;

    private Tokenizer Load()
    {
        folder.Write("tokenizer.json", json.ToJsonString());
        return Tokenizer.Load(folder.Path);
    }
}
