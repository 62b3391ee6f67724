using System.Text.Json;
using QLoraGen.Testing;
using QLoraGen.Tokenization;

namespace QLoraGen.Tests.Tokenization;

public sealed class BpeTrainerTests : IDisposable
{
    private static readonly string[] Texts = ["the cat and the dog", "the hat on the cat", "that cat's hat: déjà vu 🦙"];
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_trained_tokenizer_loads_and_round_trips_any_text()
    {
        BpeTrainer.Train(Texts, 265, folder.Path);
        Tokenizer tokenizer = Tokenizer.Load(folder.Path);
        Assert.Equal((265, 0, 1, true), (tokenizer.VocabSize, tokenizer.BosId, tokenizer.EosId, tokenizer.AddBos));
        foreach (string text in (string[])[.. Texts, "unseen: жук, \0\n\t  ½ 漢", "</s> is text"])
        {
            Assert.Equal(text, tokenizer.Decode(tokenizer.Encode(text)));
        }
        Assert.Equal([0, 1], tokenizer.Encode("<s></s>", allowSpecial: true));
    }

    [Fact]
    public void The_most_frequent_pair_is_merged_first_and_a_tie_goes_to_the_smaller_ids()
    {
        BpeTrainer.Train(["ab ab cd", "ab ab"], 300, folder.Path);
        // 'ab' occurs four times, ' ab' twice; 'cd' once, which is no merge.
        Assert.Equal(["a b", "Ġ ab"], Merges());
        BpeTrainer.Train(["yz", "ab", "yz", "ab"], 259, folder.Path);
        Assert.Equal(["a b"], Merges());
    }

    [Fact]
    public void No_merge_spells_a_special_token_and_none_gives_a_token_twice()
    {
        BpeTrainer.Train([string.Concat(Enumerable.Repeat("<s> </s> abc bcab aabc bbc ", 20))], 320, folder.Path);
        Tokenizer tokenizer = Tokenizer.Load(folder.Path);
        Assert.All(tokenizer.Encode("<s> </s> <s></s>"), id => Assert.InRange(id, 2, 319));
        Assert.Equal("<s> </s> abc", tokenizer.Decode(tokenizer.Encode("<s> </s> abc")));
    }

    [Fact]
    public void More_merges_make_texts_shorter()
    {
        int[] lengths = [.. new[] { 258, 262, 270 }.Select(size =>
        {
            BpeTrainer.Train(Texts, size, folder.Path);
            return Tokenizer.Load(folder.Path).Encode("the cat and the hat").Length;
        })];
        Assert.Equal(19, lengths[0]);
        Assert.True(lengths[0] > lengths[1] && lengths[1] > lengths[2], string.Join(" > ", lengths));
    }

    [Fact]
    public void Training_twice_or_in_another_order_gives_the_same_file()
    {
        BpeTrainer.Train(Texts, 280, folder.Path);
        byte[] first = File.ReadAllBytes(folder.File("tokenizer.json"));
        BpeTrainer.Train(Texts.Reverse(), 280, folder.Path);
        Assert.Equal(first, File.ReadAllBytes(folder.File("tokenizer.json")));
    }

    [Fact]
    public void A_vocabulary_too_small_for_the_bytes_is_refused() =>
        Assert.Contains("at least", Assert.Throws<QLoraException>(() => BpeTrainer.Train(Texts, 257, folder.Path)).Message);

    [Theory]
    [InlineData("<s>", "<s>")]
    [InlineData("a", "</s>")]
    [InlineData("", "</s>")]
    public void Special_tokens_must_differ_from_each_other_and_from_the_bytes(string bos, string eos) =>
        Assert.Contains("rename", Assert.Throws<QLoraException>(() => BpeTrainer.Train(Texts, 300, folder.Path, bos, eos)).Message);

    [SharedFact]
    public void Real_stories_train_to_the_size_asked_for()
    {
        string[] stories = JsonSerializer.Deserialize<string[]>(File.ReadAllText(SharedData.Path("datasets", "tinystories", "tinystories_1000.json")))!;
        BpeTrainer.Train(stories, 1024, folder.Path);
        Tokenizer tokenizer = Tokenizer.Load(folder.Path);
        Assert.Equal(1024, tokenizer.VocabSize);
        Assert.Equal(stories[0], tokenizer.Decode(tokenizer.Encode(stories[0])));
        Assert.True(tokenizer.Encode(stories[0]).Length * 3 < stories[0].Length);
    }

    private string[] Merges()
    {
        using JsonDocument json = JsonDocument.Parse(File.ReadAllText(folder.File("tokenizer.json")));
        return json.RootElement.GetProperty("model").GetProperty("merges").Deserialize<string[]>()!;
    }
}
