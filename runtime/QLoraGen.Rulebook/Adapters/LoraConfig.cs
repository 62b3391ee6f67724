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

    /// <summary>Whether adapters are of a magnitude and a direction (<c>use_dora</c>, arXiv 2402.09353).</summary>
    public bool UseDora { get; init; }

    /// <summary>Whether B has a bias (<c>lora_bias</c>).</summary>
    public bool LoraBias { get; init; }

    /// <summary>Which biases of the model train too (<c>bias</c>).</summary>
    public BiasTraining Bias { get; init; }

    /// <summary>Layers that train whole and are saved with the adapter (<c>modules_to_save</c>): what paths of layers, or of modules around them, end in.</summary>
    public IReadOnlyList<string> ModulesToSave { get; init; } = [];

    /// <summary>How A and B begin (<c>init_lora_weights</c>), in the words of <see cref="LoraStart"/>; a saved adapter may have begun in another way.</summary>
    public string InitLoraWeights { get; init; } = LoraStart.Default;

    /// <summary>Numbers of the only blocks that get adapters (<c>layers_to_transform</c>); empty means all.</summary>
    public IReadOnlyList<int> LayersToTransform { get; init; } = [];

    /// <summary>Names before the number of a block (<c>layers_pattern</c>), regular expressions; empty means any.</summary>
    public IReadOnlyList<string> LayersPattern { get; init; } = [];

    /// <summary>Fields of the adapter_config.json that this was read from, as JSON: what is not used here survives when it is written again.</summary>
    public IReadOnlyDictionary<string, string> SavedFields { get; init; } = new Dictionary<string, string>();

    /// <summary>Whether no target is named: every linear layer is meant that a class does not keep in full precision.</summary>
    public bool IsAllLinear => TargetPattern is null && TargetModules.Count == 0;

    /// <summary>The rank of a layer's A and B.</summary>
    public int RankOf(string path) => LayerNames.Pattern(RankPattern, path) is { } own ? own.Value : R;

    /// <summary>The numerator of a layer's scale.</summary>
    public double AlphaOf(string path) => LayerNames.Pattern(AlphaPattern, path) is { } own ? own.Value : LoraAlpha;

    /// <summary>What B (A x) of a layer is multiplied with.</summary>
    public double ScaleOf(string path) => AlphaOf(path) / (UseRslora ? Math.Sqrt(RankOf(path)) : RankOf(path));

    /// <summary>Values that train on a layer whose sizes are known.</summary>
    public long ValuesOf(TargetLayer layer) => AdapterTensor.Of(this, layer).Sum(static tensor => tensor.Count);

    /// <summary>Whether a layer gets an adapter.</summary>
    public bool Trains(TargetLayer layer) => IsTargeted(layer) && IsInBlocks(layer.Path) && !IsExcluded(layer.Path) && !TrainsWhole(layer.Path);

    /// <summary>Whether a layer is trained whole.</summary>
    public bool TrainsWhole(string path) => ModulesToSave.Any(name => LayerNames.MatchesModule(name, path));

    /// <summary>Whether a layer's bias trains, where it has one.</summary>
    public bool TrainsBias(TargetLayer layer) => Bias == BiasTraining.All || (Bias == BiasTraining.LoraOnly && Trains(layer));

    /// <summary>Whether a layer is in one of the blocks that get adapters.</summary>
    public bool IsInBlocks(string path) => LayersToTransform.Count == 0 || LayerNames.IsInBlocks(path, LayersToTransform, LayersPattern);

    /// <summary>Whether a layer is named, or meant without being named; it may be excluded all the same.</summary>
    public bool IsTargeted(TargetLayer layer) => this switch
    {
        { TargetPattern: { } pattern } => layer.CanAdapt && LayerNames.MatchesWhole(pattern, layer.Path),
        { TargetModules.Count: > 0 } => layer.CanAdapt && TargetModules.Any(name => LayerNames.Matches(name, layer.Path)),
        _ => layer.IsLinear && !layer.FullPrecision,
    };

    /// <summary>Whether a path is excluded.</summary>
    public bool IsExcluded(string path) =>
        (ExcludePattern is { } pattern && LayerNames.MatchesWhole(pattern, path)) || ExcludeModules.Any(name => LayerNames.Matches(name, path));

    /// <summary>Gives the config back where adapters can be made from it, whatever the model.</summary>
    /// <exception cref="QLoraException">A rule is broken; the message has its id and names the fix.</exception>
    public LoraConfig Validate() => AdapterRules.Check(this).FirstOrDefault(static fault => fault.Rule.Severity == RuleSeverity.Error) is { } fault
        ? throw new QLoraException(fault.ToString())
        : this;
}
