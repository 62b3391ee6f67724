namespace QLoraGen;

/// <summary>How adapters are made: PEFT's <c>LoraConfig</c>, under its names and with its defaults.</summary>
public sealed record LoraConfig
{
    /// <summary>Rank of A and B (<c>r</c>).</summary>
    public int R { get; init; } = 8;

    /// <summary>Numerator of the scale (<c>lora_alpha</c>).</summary>
    public double LoraAlpha { get; init; } = 8;

    /// <summary>Probability with which an input of A is dropped in training (<c>lora_dropout</c>), in [0, 1).</summary>
    public double LoraDropout { get; init; }

    /// <summary>
    /// Layers that get an adapter (<c>target_modules</c>): full paths or dotted suffixes. Empty is PEFT's
    /// <c>all-linear</c>: every linear layer except the output head.
    /// </summary>
    public IReadOnlyList<string> TargetModules { get; init; } = [];

    /// <summary>Whether the scale is alpha / sqrt(r) (<c>use_rslora</c>, arXiv 2312.03732).</summary>
    public bool UseRslora { get; init; }

    /// <summary>What B (A x) is multiplied with.</summary>
    public double Scale => UseRslora ? LoraAlpha / Math.Sqrt(R) : LoraAlpha / R;

    /// <summary>Gives the config back where adapters can be made from it.</summary>
    /// <exception cref="QLoraException">A value is out of its range; the message names it and the fix.</exception>
    public LoraConfig Validate() => this switch
    {
        { R: < 1 } => throw new QLoraException($"r is {R}: use a rank of at least 1, such as 16."),
        _ when !(LoraAlpha > 0) || !double.IsFinite(LoraAlpha) =>
            throw new QLoraException($"lora_alpha is {LoraAlpha}: use a number above 0, such as 2 r."),
        _ when !(LoraDropout is >= 0 and < 1) =>
            throw new QLoraException($"lora_dropout is {LoraDropout}: use a probability in [0, 1)."),
        _ => this,
    };
}
