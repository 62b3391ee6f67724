using System.Text.Json;
using QLoraGen.Testing;
using QLoraGen.Tokenization;

namespace QLoraGen.Tests.Tokenization;

public sealed class SentencePieceBpeTests
{
    [SharedFact]
    public void Ten_stories_give_the_reference_ids()
    {
        Tokenizer tokenizer = Stories();
        using JsonDocument reference = JsonDocument.Parse(File.ReadAllText(SharedData.Path("models", "stories260K", "reference.json")));
        string[] texts = reference.RootElement.GetProperty("texts").Deserialize<string[]>()!;
        int[][] expected = reference.RootElement.GetProperty("token_ids").Deserialize<int[][]>()!;

        Assert.Equal(10, texts.Length);
        Assert.All(texts.Zip(expected), pair => Assert.Equal(pair.Second, tokenizer.Encode(pair.First).Prepend(1).Take(512)));
    }

    [SharedFact]
    public void Special_ids_and_size_come_from_the_checkpoint()
    {
        Tokenizer tokenizer = Stories();
        Assert.Equal((512, 1, 2, true), (tokenizer.VocabSize, tokenizer.BosId, tokenizer.EosId, tokenizer.AddBos));
    }

    [SharedTheory]
    [InlineData("One day, a girl.\n\nShe said \"Yes\".")]
    [InlineData("bytes fall back: 🦙 ½ កាន់")]
    [InlineData("\u0001 and \0 survive")]
    public void Text_comes_back(string text) => Assert.Equal(text, Stories().Decode(Stories().Encode(text)));

    [SharedFact]
    public void A_continuation_has_no_dummy_prefix_and_joins_to_the_whole()
    {
        Tokenizer tokenizer = Stories();
        int[] joined = [.. tokenizer.Encode("Once upon"), .. tokenizer.EncodeContinuation(" a time")];
        Assert.Equal(tokenizer.Encode("Once upon a time"), joined);
        Assert.NotEqual(tokenizer.Encode("time"), tokenizer.EncodeContinuation("time"));
    }

    [SharedFact]
    public void Extra_spaces_go_where_the_model_says_so_and_stay_where_it_does_not()
    {
        Assert.Equal("two spaces", Stories().Decode(Stories().Encode("  two  spaces ")));
        Assert.Empty(Stories().Encode("   "));
        Assert.Equal("  two  spaces ", Mistral().Decode(Mistral().Encode("  two  spaces ")));
    }

    [SharedFact]
    public void Mistral_loads_and_round_trips()
    {
        Tokenizer mistral = Mistral();
        Assert.Equal((32000, 1, 2, true), (mistral.VocabSize, mistral.BosId, mistral.EosId, mistral.AddBos));
        Assert.Equal([22557, 1526], mistral.Encode("Hello world"));
        foreach (string text in GoldenTexts.Read("phi-3"))
        {
            Assert.Equal(text, mistral.Decode(mistral.Encode(text)));
        }
    }

    [SharedFact]
    public void Special_tokens_in_a_text_are_characters_unless_allowed()
    {
        Tokenizer mistral = Mistral();
        Assert.DoesNotContain(2, mistral.Encode("a</s>"));
        Assert.Equal([.. mistral.Encode("a"), 2], mistral.Encode("a</s>", allowSpecial: true));
        Assert.Equal("a</s>", mistral.Decode(mistral.Encode("a</s>")));
        Assert.Equal("a", mistral.Decode(mistral.Encode("a</s>", allowSpecial: true)));
    }

    [SharedFact]
    public void A_stream_holds_back_a_character_until_its_last_byte()
    {
        Tokenizer tokenizer = Stories();
        TokenStream stream = tokenizer.Stream();
        string[] parts = [.. tokenizer.Encode("a 🦙").Select(stream.Add)];
        Assert.Equal(["a", " ", "", "", "", "🦙"], parts);
        Assert.Equal("", stream.End());

        stream.Add(tokenizer.Encode("🦙")[1]);
        Assert.Equal("\uFFFD", stream.End());
    }

    [SharedFact]
    public void A_continued_stream_keeps_its_first_space()
    {
        Tokenizer tokenizer = Stories();
        int id = tokenizer.EncodeContinuation(" a")[0];
        Assert.Equal("a", tokenizer.Stream().Add(id));
        Assert.Equal(" a", tokenizer.Stream(continues: true).Add(id));
    }

    [SharedFact]
    public void An_unpaired_surrogate_counts_as_the_replacement_character() =>
        Assert.Equal(Stories().Encode("a\uFFFDb"), Stories().Encode("a\uD83Db"));

    [SharedFact]
    public void Ids_beyond_the_vocabulary_decode_visibly()
    {
        Assert.Equal("\uFFFD", Stories().Decode([600]));
        Assert.Throws<ArgumentOutOfRangeException>(() => Stories().Decode([-1]));
    }

    [SharedFact]
    public void A_cut_or_foreign_file_is_refused_by_name()
    {
        using TempFolder folder = new();
        byte[] model = File.ReadAllBytes(SharedData.Path("models", "stories260K", "tokenizer.model"));
        byte[][] damaged = [model[..^3], [], "version https://git-lfs.github.com/spec/v1"u8.ToArray(), [0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F]];
        foreach (byte[] bytes in damaged)
        {
            string file = folder.Write("tokenizer.model", bytes);
            QLoraException error = Assert.Throws<QLoraException>(() => Tokenizer.Load(folder.Path));
            Assert.StartsWith($"{file}: ", error.Message);
            Assert.Contains("Download the file again", error.Message);
        }
    }

    private static Tokenizer Stories() => Tokenizer.Load(SharedData.Path("models", "stories260K"));

    private static Tokenizer Mistral()
    {
        using TempFolder folder = new();
        File.Copy(SharedData.Path("tokenizers", "mistral", "tokenizer.model.v1"), folder.File("tokenizer.model"));
        return Tokenizer.Load(folder.Path);
    }
}
