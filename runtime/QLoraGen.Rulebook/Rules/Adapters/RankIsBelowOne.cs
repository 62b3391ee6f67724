namespace QLoraGen.Rules;

/// <summary>A rank with which A and B would have no values.</summary>
public static class RankIsBelowOne
{
    /// <summary>The rule.</summary>
    public static readonly Rule Rule = new("QLG301", "The rank is below 1", RuleSeverity.Error, "{0} is {1}: use a rank of at least 1, such as 16.");

    /// <summary>Checks the rank of all layers and those of single ones.</summary>
    public static IEnumerable<Fault> Check(LoraConfig config)
    {
        if (config.R < 1)
        {
            yield return Rule.Broken("r", config.R) with { Field = "r", Fix = "16" };
        }
        foreach (KeyValuePair<string, int> entry in config.RankPattern.Where(static entry => entry.Value < 1))
        {
            yield return Rule.Broken($"rank_pattern of {Shown.Quoted(entry.Key)}", entry.Value) with { Field = $"rank_pattern.{entry.Key}" };
        }
    }
}
