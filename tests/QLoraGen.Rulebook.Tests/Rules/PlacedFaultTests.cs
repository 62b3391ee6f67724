using QLoraGen.Json;
using QLoraGen.Rules;

namespace QLoraGen.Rulebook.Tests.Rules;

/// <summary>Where in a file a fault is shown.</summary>
public sealed class PlacedFaultTests
{
    private const string Text = """
        {
          "r": 16,
          "rank_pattern": { "q_proj": 0 },
          "target_modules": ["q_proj", "v_proj"]
        }
        """;

    private static readonly JsonNode Root = JsonReader.Parse(Text);

    [Theory]
    [InlineData("r", "16")]
    [InlineData("target_modules[1]", "\"v_proj\"")]
    [InlineData("lora_alpha", "{")]
    [InlineData("", "{")]
    public void A_fault_is_on_the_value_of_its_field_or_on_the_bracket(string field, string place) =>
        Assert.Equal(place, Shown(TargetMatchesNothing.Rule.Broken("a", "b", "c") with { Field = field }));

    [Fact]
    public void Of_a_pattern_s_entry_the_name_is_wrong_or_the_number()
    {
        Assert.Equal("\"q_proj\"", Shown(RankPatternMatchesNothing.Rule.Broken("a", "b", "c") with { Field = "rank_pattern.q_proj" }));
        Assert.Equal("0", Shown(RankIsBelowOne.Rule.Broken("a", "b") with { Field = "rank_pattern.q_proj" }));
    }

    [Fact]
    public void Lines_and_columns_are_counted_from_one() => Assert.StartsWith(
        "a.json(4,32): QLG305: ",
        PlacedFault.ByField(Root, TargetMatchesNothing.Rule.Broken("a", "b", "c") with { Field = "target_modules[1]" }).In("a.json", Text));

    private static string Shown(Fault fault)
    {
        PlacedFault placed = PlacedFault.ByField(Root, fault);
        return Text.Substring(placed.Start, placed.Length);
    }
}
