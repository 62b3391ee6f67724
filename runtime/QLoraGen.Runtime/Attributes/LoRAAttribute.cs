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

    /// <summary>A regular expression over the full paths of layers that get an adapter (<c>target_modules</c> as a string); instead of <see cref="Targets"/>.</summary>
    public string? TargetPattern { get; init; }

    /// <summary>A regular expression over the full paths of layers that get none (<c>exclude_modules</c> as a string).</summary>
    public string? ExcludePattern { get; init; }

    /// <summary>Whether magnitudes train apart from directions (<c>use_dora</c>, arXiv 2402.09353).</summary>
    public bool UseDora { get; init; }

    /// <summary>Whether B has a bias (<c>lora_bias</c>).</summary>
    public bool LoraBias { get; init; }

    /// <summary>Which biases of the model train too (<c>bias</c>).</summary>
    public BiasTraining Bias { get; init; }

    /// <summary>Layers that train whole and are saved with the adapter (<c>modules_to_save</c>), such as <c>lm_head</c>.</summary>
    public string[] ModulesToSave { get; init; } = [];

    /// <summary>How A and B begin (<c>init_lora_weights</c>): one of the names in <see cref="LoraStart"/>.</summary>
    public string InitLoraWeights { get; init; } = LoraStart.Default;

    /// <summary>Numbers of the only blocks that get adapters (<c>layers_to_transform</c>); empty means all.</summary>
    public int[] LayersToTransform { get; init; } = [];

    /// <summary>Names before the number of a block (<c>layers_pattern</c>); empty means any.</summary>
    public string[] LayersPattern { get; init; } = [];

    /// <summary>Layers that get none though they are targeted (<c>exclude_modules</c>): full paths or dotted suffixes.</summary>
    public string[] Exclude { get; init; } = [];

    /// <summary>Ranks of single layers (<c>rank_pattern</c>), each as <c>down_proj=32</c>.</summary>
    public string[] RankPattern { get; init; } = [];

    /// <summary>Alphas of single layers (<c>alpha_pattern</c>), each as <c>down_proj=64</c>.</summary>
    public string[] AlphaPattern { get; init; } = [];

    /// <summary>Where the trained adapter will be used: the compiler warns of what that format cannot hold.</summary>
    public AdapterFormat Export { get; init; }
}
