using QLoraGen.Rules;

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
    /// Layers that get an adapter (<c>target_modules</c> as a list): full paths or dotted suffixes. Empty, and without
    /// <see cref="TargetPattern"/>, is PEFT's <c>all-linear</c>: every linear layer except the output head.
    /// </summary>
    public IReadOnlyList<string> TargetModules { get; init; } = [];

    /// <summary>A regular expression over full paths (<c>target_modules</c> as a string), or null.</summary>
    public string? TargetPattern { get; init; }

    /// <summary>Layers that get none though they are targeted (<c>exclude_modules</c> as a list): full paths or dotted suffixes.</summary>
    public IReadOnlyList<string> ExcludeModules { get; init; } = [];

    /// <summary>A regular expression over full paths (<c>exclude_modules</c> as a string), or null.</summary>
    public string? ExcludePattern { get; init; }

    /// <summary>
    /// Ranks of single layers (<c>rank_pattern</c>): a key is a path, the end of one, or a regular expression for either; the
    /// first that fits counts.
    /// </summary>
    public IReadOnlyList<KeyValuePair<string, int>> RankPattern { get; init; } = [];

    /// <summary>Alphas of single layers (<c>alpha_pattern</c>), keyed as <see cref="RankPattern"/>.</summary>
    public IReadOnlyList<KeyValuePair<string, double>> AlphaPattern { get; init; } = [];

    /// <summary>Whether the scale is alpha / sqrt(r) (<c>use_rslora</c>, arXiv 2312.03732).</summary>
    public bool UseRslora { get; init; }

    /// <summary>Whether no target is named: every linear layer is meant that a class does not keep in full precision.</summary>
    public bool IsAllLinear => TargetPattern is null && TargetModules.Count == 0;

    /// <summary>The rank of a layer's A and B.</summary>
    public int RankOf(string path) => LayerNames.Pattern(RankPattern, path) is { } own ? own.Value : R;

    /// <summary>The numerator of a layer's scale.</summary>
    public double AlphaOf(string path) => LayerNames.Pattern(AlphaPattern, path) is { } own ? own.Value : LoraAlpha;

    /// <summary>What B (A x) of a layer is multiplied with.</summary>
    public double ScaleOf(string path) => AlphaOf(path) / (UseRslora ? Math.Sqrt(RankOf(path)) : RankOf(path));

    /// <summary>Values of A and B of a layer that gets an adapter and whose sizes are known.</summary>
    public long ValuesOf(TargetLayer layer) => checked(RankOf(layer.Path) * (layer.InFeatures!.Value + layer.OutFeatures!.Value));

    /// <summary>Whether a layer gets an adapter.</summary>
    public bool Trains(TargetLayer layer) => WhyFrozen.Of(this, layer) is null;

    /// <summary>Whether a layer is named, or meant without being named; it may be excluded all the same.</summary>
    public bool IsTargeted(TargetLayer layer) => layer.IsLinear && (this switch
    {
        { TargetPattern: { } pattern } => LayerNames.MatchesWhole(pattern, layer.Path),
        { TargetModules.Count: > 0 } => TargetModules.Any(name => LayerNames.Matches(name, layer.Path)),
        _ => !layer.FullPrecision,
    });

    /// <summary>Whether a path is excluded.</summary>
    public bool IsExcluded(string path) =>
        (ExcludePattern is { } pattern && LayerNames.MatchesWhole(pattern, path)) || ExcludeModules.Any(name => LayerNames.Matches(name, path));

    /// <summary>Gives the config back where adapters can be made from it, whatever the model.</summary>
    /// <exception cref="QLoraException">A rule is broken; the message has its id and names the fix.</exception>
    public LoraConfig Validate() => AdapterRules.Check(this).FirstOrDefault(static fault => fault.Rule.Severity == RuleSeverity.Error) is { } fault
        ? throw new QLoraException(fault.ToString())
        : this;
}
