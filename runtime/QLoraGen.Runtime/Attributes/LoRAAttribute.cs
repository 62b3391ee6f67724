namespace QLoraGen;

/// <summary>
/// Adds low-rank adapters, y = W x + (alpha / r) B (A x), to the model's linear layers (LoRA, arXiv 2106.09685). The
/// options are PEFT's <c>LoraConfig</c>.
/// </summary>
/// <param name="r">Rank of A and B.</param>
/// <param name="alpha">Numerator of the scale (<c>lora_alpha</c>).</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class LoRAAttribute(int r = 8, double alpha = 8) : Attribute
{
    /// <summary>Rank of A and B.</summary>
    public int R { get; } = r;

    /// <summary>Numerator of the scale (<c>lora_alpha</c>).</summary>
    public double Alpha { get; } = alpha;

    /// <summary>Probability with which an input of A is dropped in training (<c>lora_dropout</c>), in [0, 1).</summary>
    public double Dropout { get; init; }

    /// <summary>
    /// Layers that get an adapter (<c>target_modules</c>): full paths or dotted suffixes. Empty means every quantized
    /// linear layer, as QLoRA does it.
    /// </summary>
    public string[] Targets { get; init; } = [];

    /// <summary>Whether the scale is alpha / sqrt(r) (<c>use_rslora</c>, arXiv 2312.03732).</summary>
    public bool UseRslora { get; init; }

    /// <summary>Layers that get none though they are targeted (<c>exclude_modules</c>): full paths or dotted suffixes.</summary>
    public string[] Exclude { get; init; } = [];

    /// <summary>Ranks of single layers (<c>rank_pattern</c>), each as <c>down_proj=32</c>.</summary>
    public string[] RankPattern { get; init; } = [];

    /// <summary>Alphas of single layers (<c>alpha_pattern</c>), each as <c>down_proj=64</c>.</summary>
    public string[] AlphaPattern { get; init; } = [];

    /// <summary>Where the trained adapter will be used: the compiler warns of what that format cannot hold.</summary>
    public AdapterFormat Export { get; init; }
}
