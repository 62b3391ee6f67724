namespace QLoraGen.Rules;

/// <summary>An alpha with which adapters would do nothing, or not what they learned.</summary>
public static class AlphaIsNotPositive
{
    /// <summary>The rule.</summary>
    public static readonly Rule Rule = new(
        "QLG303", "Alpha is not above 0", RuleSeverity.Error, "{0} is {1}: use a finite number above 0, such as 2 r.");

    /// <summary>Checks the alpha of all layers and those of single ones.</summary>
    public static IEnumerable<Fault> Check(LoraConfig config)
    {
        if (!IsPositive(config.LoraAlpha))
        {
            yield return Rule.Broken("lora_alpha", config.LoraAlpha) with { Field = "lora_alpha" };
        }
        foreach (KeyValuePair<string, double> entry in config.AlphaPattern.Where(static entry => !IsPositive(entry.Value)))
        {
            yield return Rule.Broken($"alpha_pattern of {Shown.Quoted(entry.Key)}", entry.Value) with { Field = $"alpha_pattern.{entry.Key}" };
        }
    }

    private static bool IsPositive(double alpha) => alpha > 0 && !double.IsInfinity(alpha);
}
