using System.Text.RegularExpressions;
using QLoraGen.Cli.Default;

namespace QLoraGen.Cli.Tests.Default;

public sealed partial class StoryGrammarTests
{
    private static readonly string[] scenes = [.. new StoryGrammar(5).Scenes(20_000)];

    [Fact]
    public void The_same_seed_tells_the_same_scenes_in_any_order()
    {
        StoryGrammar again = new(5);
        Assert.All([19_999, 3, 0, 777], i => Assert.Equal(scenes[i], again.Scene(i)));
    }

    [Fact]
    public void Another_seed_tells_new_scenes()
    {
        HashSet<string> known = [.. scenes];
        Assert.InRange(new StoryGrammar(6).Scenes(5_000).Count(known.Contains), 0, 25);
    }

    [Fact]
    public void Scenes_hardly_ever_repeat() => Assert.InRange(scenes.Distinct().Count(), 19_900, 20_000);

    [Fact]
    public void A_scene_is_printable_ASCII_of_a_few_lines_none_of_them_empty() => Assert.All(scenes, scene =>
    {
        Assert.Matches(@"^[ -~\n]{40,400}$", scene);
        Assert.DoesNotContain("\n\n", scene);
        Assert.DoesNotContain("  ", scene);
        Assert.Equal(scene.Trim(), scene);
    });

    [Fact]
    public void Every_character_of_ASCII_occurs() =>
        Assert.Empty(Enumerable.Range('!', '~' - '!' + 1).Select(c => (char)c).Except(scenes.SelectMany(scene => scene)));

    [Fact]
    public void The_vocabulary_is_closed_and_small()
    {
        // Words of one case that occur regularly: codes, which are random characters, drop out.
        int words = scenes.SelectMany(WordsOf).GroupBy(word => word.ToLowerInvariant()).Count(word => word.Count() > 5);
        Assert.InRange(words, 300, 500);
    }

    [Fact]
    public void No_scene_holds_a_record_of_the_task() =>
        Assert.DoesNotContain(scenes, scene => scene.Contains("who\"") || scene.Contains("count\"") || scene.Contains("Record"));

    [Fact]
    public void Most_scenes_come_back_to_a_word_that_few_scenes_share()
    {
        IEnumerable<string> nouns = Words.Items.SelectMany(noun => new[] { noun.One, noun.Many });
        HashSet<string> details = [.. Words.Colors, .. Words.People.Select(person => person.Name), .. nouns];
        int recalling = scenes.Count(scene => WordsOf(scene).Where(details.Contains).GroupBy(word => word).Any(word => word.Count() > 1));
        Assert.InRange(recalling, 17_000, 20_000);
    }

    private static IEnumerable<string> WordsOf(string scene) => Word().Matches(scene).Select(match => match.Value);

    [GeneratedRegex("[A-Za-z]+")]
    private static partial Regex Word();
}
