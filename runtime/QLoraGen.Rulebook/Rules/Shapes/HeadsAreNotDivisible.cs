namespace QLoraGen.Rules;

/// <summary>Query heads that cannot share key and value heads in groups of equal size (grouped-query attention, arXiv 2305.13245).</summary>
public static class HeadsAreNotDivisible
{
    /// <summary>The rule.</summary>
    public static readonly Rule Rule = new(
        "QLG203", "Heads are not divisible by KV heads", RuleSeverity.Error,
        "{0} query heads cannot share {1} key and value heads in groups of equal size: use a number of key and value heads that divides {0}, such as {2}.");

    /// <summary>Checks two numbers of heads.</summary>
    /// <param name="heads">Of queries (<c>num_attention_heads</c>).</param>
    /// <param name="kvHeads">Of keys and values (<c>num_key_value_heads</c>).</param>
    public static Fault? Check(long heads, long kvHeads) => heads < 1 || (kvHeads > 0 && heads % kvHeads == 0)
        ? null
        : Rule.Broken(heads, kvHeads, Divisor(heads, kvHeads)) with { Field = "num_key_value_heads" };

    // The nearest below what was asked for.
    private static long Divisor(long heads, long below)
    {
        long divisor = Math.Max(1, Math.Min(below, heads));
        while (heads % divisor != 0)
        {
            divisor--;
        }
        return divisor;
    }
}
