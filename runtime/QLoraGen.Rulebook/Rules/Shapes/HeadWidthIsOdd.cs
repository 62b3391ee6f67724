namespace QLoraGen.Rules;

/// <summary>A head whose values rotary embeddings cannot turn in pairs (arXiv 2104.09864).</summary>
public static class HeadWidthIsOdd
{
    /// <summary>The rule.</summary>
    public static readonly Rule Rule = new(
        "QLG204", "The width of a head is odd", RuleSeverity.Error,
        "A head is {0} wide, an odd number, but rotary embeddings turn pairs of values: use an even width, such as {1}.");

    /// <summary>Checks the width of a head.</summary>
    public static Fault? Check(long width) => width > 0 && width % 2 != 0 ? Rule.Broken(width, width + 1) with { Field = "head_dim" } : null;
}
