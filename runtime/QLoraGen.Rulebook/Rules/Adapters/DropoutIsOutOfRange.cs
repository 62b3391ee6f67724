namespace QLoraGen.Rules;

/// <summary>A dropout that is no probability, or that drops everything.</summary>
public static class DropoutIsOutOfRange
{
    /// <summary>The rule.</summary>
    public static readonly Rule Rule = new(
        "QLG304", "Dropout is outside [0, 1)", RuleSeverity.Error, "lora_dropout is {0}: use a probability in [0, 1).");

    /// <summary>Checks the dropout.</summary>
    public static IEnumerable<Fault> Check(LoraConfig config)
    {
        if (!(config.LoraDropout is >= 0 and < 1))
        {
            yield return Rule.Broken(config.LoraDropout) with { Field = "lora_dropout" };
        }
    }
}
