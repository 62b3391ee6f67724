namespace QLoraGen.Rulebook.Tests.Adapters;

/// <summary>Single words are compared without a regular expression, to the same effect.</summary>
public sealed class LayerNamesTests
{
    public static TheoryData<string, string> Pairs
    {
        get
        {
            TheoryData<string, string> pairs = [];
            foreach (string word in (string[])["o_proj", "proj", "lm_head", "layers", "3", "model", "O_proj"])
            {
                foreach (string path in (string[])["o_proj", "lm_head", "model.layers.3.self_attn.o_proj", "model.layers.*.self_attn.o_proj", "no_proj", "layers.3", "layers.*", ""])
                {
                    pairs.Add(word, path);
                }
            }
            return pairs;
        }
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void A_word_means_what_it_means_as_a_pattern(string word, string path)
    {
        Assert.Equal(LayerNames.MatchesEnd($"(?:{word})", path), LayerNames.MatchesEnd(word, path));
        string last = path[(path.LastIndexOf('.') + 1)..];
        Assert.Equal(last == word || (last == "*" && word == "3"), LayerNames.Matches(word, path));
    }
}
