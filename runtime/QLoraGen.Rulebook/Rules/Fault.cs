using System.Globalization;

namespace QLoraGen.Rules;

/// <summary>A rule that is broken somewhere.</summary>
/// <param name="Rule">Which one.</param>
/// <param name="Arguments">What its message's holes are filled with.</param>
public sealed record Fault(Rule Rule, IReadOnlyList<string> Arguments)
{
    /// <summary>
    /// The field of a configuration that is at fault, as its file names it: <c>target_modules[1]</c>,
    /// <c>rank_pattern.q_proj</c>, <c>quantization_config.bnb_4bit_quant_type</c>; empty where the rule is not about a field.
    /// </summary>
    public string Field { get; init; } = "";

    /// <summary>What would mend it, for a code fix: the right name of a target, say; null where no single value does.</summary>
    public string? Fix { get; init; }

    /// <summary>The sentence that names the fault and the fix; it ends with a full stop.</summary>
    public string Sentence => string.Format(CultureInfo.InvariantCulture, Rule.Message, [.. Arguments]);

    /// <summary>As an error at run time shows it: <c>QLG301: r is 0: ...</c>.</summary>
    public override string ToString() => $"{Rule.Id}: {Sentence}";
}
