using System.Text.Json;
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
    public void Every_record_says_what_its_scene_says_of_the_person_asked_for() => Assert.All([.. training, .. heldOut], row =>
    {
        Record record = Answer(row);
        Assert.EndsWith($"\nRecord of {record.Who}:\n", row.Prompt);

        MatchCollection told = Clause().Matches(row.Prompt);
        Assert.Equal(2, told.Count);
        Match mine = Assert.Single(told, match => match.Groups["who"].Value == record.Who);
        Assert.Equal(record.Phrase, mine.Groups["thing"].Value);

        string day = Assert.Single(Words.Days, day => row.Prompt.Contains(day));
        Assert.Equal(day[..3], record.Day);
    });

    [Fact]
    public void The_other_person_differs_in_every_detail() => Assert.All(training, row =>
    {
        MatchCollection told = Clause().Matches(row.Prompt);
        Assert.Empty(told[0].Groups["thing"].Value.Split(' ').Intersect(told[1].Groups["thing"].Value.Split(' ')));
        Assert.NotEqual(told[0].Groups["who"].Value, told[1].Groups["who"].Value);
    });

    [Fact]
    public void Either_person_is_asked_for_as_often()
    {
        int first = training.Count(row => Clause().Match(row.Prompt).Groups["who"].Value == Answer(row).Who);
        Assert.InRange(first, 1_350, 1_650);
    }

    [Fact]
    public void Every_name_count_color_item_and_day_is_trained_often()
    {
        Record[] records = [.. training.Select(Answer)];
        AssertCovers(40, 30, records.Select(r => r.Who));
        AssertCovers(9, 200, records.Select(r => $"{r.Count}"));
        AssertCovers(10, 200, records.Select(r => r.Color));
        AssertCovers(32, 40, records.Select(r => r.Item));
        AssertCovers(7, 300, records.Select(r => r.Day));
    }

    [Fact]
    public void Rows_are_short() => Assert.All([.. training, .. heldOut], row =>
    {
        Assert.InRange(row.Prompt.Length, 60, 150);
        Assert.InRange(row.Completion.Length, 60, 80);
    });

    private static void AssertCovers(int values, int least, IEnumerable<string> all)
    {
        IGrouping<string, string>[] groups = [.. all.GroupBy(value => value)];
        Assert.Equal(values, groups.Length);
        Assert.All(groups, group => Assert.InRange(group.Count(), least, int.MaxValue));
    }

    private static Record Answer(InstructionRow row)
    {
        using JsonDocument json = JsonDocument.Parse(row.Completion);
        JsonElement root = json.RootElement;
        Assert.Equal(["who", "count", "color", "item", "day"], root.EnumerateObject().Select(field => field.Name));
        return new(root.GetProperty("who").GetString()!, root.GetProperty("count").GetInt32(), root.GetProperty("color").GetString()!,
            root.GetProperty("item").GetString()!, root.GetProperty("day").GetString()!);
    }

    [GeneratedRegex("(?<who>[A-Z][a-z]+) [a-z]+ (?<thing>(?:one|two|three|four|five|six|seven|eight|nine) [a-z]+ [a-z]+)")]
    private static partial Regex Clause();

    private sealed record Record(string Who, int Count, string Color, string Item, string Day)
    {
        private static readonly string[] numbers = ["", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];

        /// <summary>The details as the scene must have told them.</summary>
        public string Phrase => $"{numbers[Count]} {Color} {(Count == 1 ? Item : Plural)}";

        private string Plural => Item switch
        {
            "knife" => "knives",
            "leaf" => "leaves",
            "berry" => "berries",
            "box" or "brush" or "dish" => Item + "es",
            _ => Item + "s",
        };
    }
}
