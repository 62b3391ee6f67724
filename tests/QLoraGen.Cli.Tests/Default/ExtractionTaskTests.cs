using System.Text.RegularExpressions;
using QLoraGen.Cli.Default;

namespace QLoraGen.Cli.Tests.Default;

public sealed partial class ExtractionTaskTests
{
    private static readonly InstructionRow[] training = [.. DefaultText.Training];
    private static readonly InstructionRow[] heldOut = [.. DefaultText.HeldOut];

    [Fact]
    public void The_same_seed_gives_the_same_rows_and_another_seed_gives_others()
    {
        Assert.Equal(training, new ExtractionTask(DefaultText.Seed).Training(DefaultText.TrainingRows));
        Assert.NotEqual(training[..50], new ExtractionTask(DefaultText.Seed + 1).Training(50));
    }

    [Fact]
    public void Fewer_rows_are_the_first_of_more() => Assert.Equal(training[..10], new ExtractionTask(DefaultText.Seed).Training(10));

    [Fact]
    public void Prompts_never_repeat()
    {
        Assert.Equal(DefaultText.TrainingRows, training.Select(row => row.Prompt).Distinct().Count());
        Assert.Equal(DefaultText.HeldOutRows, heldOut.Select(row => row.Prompt).Distinct().Count());
    }

    [Fact]
    public void No_training_row_mentions_a_thing_that_a_held_out_row_asks_for()
    {
        HashSet<string> examined = [.. heldOut.Select(row => Answer(row).Phrase)];
        Assert.All(training, row =>
            Assert.DoesNotContain(Clause().Matches(row.Prompt), told => examined.Contains(told.Groups["thing"].Value)));
    }

    [Fact]
    public void Held_out_rows_of_another_seed_are_new_to_the_training_rows_too()
    {
        HashSet<string> trained = [.. training.Select(row => Answer(row).Phrase)];
        Assert.All(new ExtractionTask(99).HeldOut(300), row => Assert.DoesNotContain(Answer(row).Phrase, trained));
    }

    [Fact]
    public void Every_record_says_what_its_scene_says() => Assert.All([.. training, .. heldOut], row =>
    {
        Record record = Answer(row);
        Match told = Assert.Single(Clause().Matches(row.Prompt));
        Assert.Equal((record.Who, record.Phrase), (told.Groups["who"].Value, told.Groups["thing"].Value));
        Assert.Equal(record.Day, Assert.Single(Words.Days, day => row.Prompt.Contains(day)));
    });

    [Fact]
    public void Every_name_count_color_item_and_day_is_trained_often()
    {
        Record[] records = [.. training.Select(Answer)];
        AssertCovers(16, 100, records.Select(r => r.Who));
        AssertCovers(9, 200, records.Select(r => r.Count));
        AssertCovers(10, 200, records.Select(r => r.Color));
        AssertCovers(7, 300, records.Select(r => r.Day));
    }

    [Fact]
    public void No_scene_of_the_base_text_holds_a_record() =>
        Assert.All(new StoryGrammar(DefaultText.Seed).Scenes(20_000), scene => Assert.DoesNotContain("Record", scene));

    [Fact]
    public void Rows_are_short() => Assert.All([.. training, .. heldOut], row =>
    {
        Assert.InRange(row.Prompt.Length, 30, 100);
        Assert.InRange(row.Completion.Length, 45, 85);
    });

    private static void AssertCovers(int values, int least, IEnumerable<string> all)
    {
        IGrouping<string, string>[] groups = [.. all.GroupBy(value => value)];
        Assert.Equal(values, groups.Length);
        Assert.All(groups, group => Assert.InRange(group.Count(), least, int.MaxValue));
    }

    private static Record Answer(InstructionRow row)
    {
        (string Key, string Value)[] fields = [.. row.Completion.Split('\n').Select(line => (line.Split(": ")[0], line.Split(": ")[1]))];
        Assert.Equal(["who", "count", "color", "item", "day"], fields.Select(field => field.Key));
        return new(fields[0].Value, fields[1].Value, fields[2].Value, fields[3].Value, fields[4].Value);
    }

    [GeneratedRegex("(?<who>[A-Z][a-z]+) [a-z]+ (?<thing>(?:one|two|three|four|five|six|seven|eight|nine) [a-z]+ [a-z]+)")]
    private static partial Regex Clause();

    private sealed record Record(string Who, string Count, string Color, string Item, string Day)
    {
        /// <summary>The details as the scene must have told them.</summary>
        public string Phrase => $"{Count} {Color} {Item}";
    }
}
