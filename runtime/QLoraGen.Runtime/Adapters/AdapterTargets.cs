using QLoraGen.Rules;

namespace QLoraGen;

/// <summary>A linear layer that an adapter can train.</summary>
/// <param name="Path">Its full path in the model.</param>
/// <param name="Layer">The layer.</param>
/// <param name="ByDefault">Whether a config without target_modules means it.</param>
public sealed record AdapterTarget(string Path, Linear Layer, bool ByDefault)
{
    /// <summary>The layer as adapter rules see it.</summary>
    public TargetLayer AsLayer() => new(Path, IsLinear: true, FullPrecision: !ByDefault, Layer.InFeatures, Layer.OutFeatures);
}

/// <summary>All linear layers of a model, in the order of declaration; nothing else can be trained.</summary>
public sealed class AdapterTargets : KeyedPass
{
    private readonly List<AdapterTarget> all = [];
    private readonly List<TargetLayer> layers = [];

    /// <summary>Every linear layer.</summary>
    public IReadOnlyList<AdapterTarget> All => all;

    /// <summary>Lists the linear layers of a whole model.</summary>
    public static AdapterTargets Of(Module model)
    {
        var targets = new AdapterTargets();
        model.Adapt(targets);
        return targets;
    }

    /// <summary>Lists a layer that adapters train by default.</summary>
    public void Linear(string key, Linear layer) => Add(new AdapterTarget(PathOf(key), layer, ByDefault: true));

    /// <summary>Lists a layer that is adapted only where a config names it.</summary>
    public void FullPrecision(string key, Linear layer) => Add(new AdapterTarget(PathOf(key), layer, ByDefault: false));

    /// <summary>Lists a layer that adapters cannot train, so that a config which names it is refused.</summary>
    public void Other(string key, Layer layer) => layers.Add(new TargetLayer(PathOf(key), IsLinear: false, FullPrecision: false, null, null));

    /// <summary>Every layer of the model as adapter rules see it, those included that no adapter can train.</summary>
    public IReadOnlyList<TargetLayer> Layers => layers;

    /// <summary>The layers that a config means.</summary>
    /// <exception cref="QLoraException">A rule of the rulebook is broken: a target that matches no layer, each judged on its own, say.</exception>
    public IReadOnlyList<AdapterTarget> Matching(LoraConfig config)
    {
        Fault? fault = AdapterRules.Check(config, layers).FirstOrDefault(static fault => fault.Rule.Severity == RuleSeverity.Error);
        return fault is null ? all.FindAll(target => config.Trains(target.AsLayer())) : throw new QLoraException(fault.ToString());
    }

    private protected override void Enter(Module module) => module.Adapt(this);

    private void Add(AdapterTarget target)
    {
        all.Add(target);
        layers.Add(target.AsLayer());
    }
}
