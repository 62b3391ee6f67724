using QLoraGen.Rules;

namespace QLoraGen;

/// <summary>A layer that adapters may train: with A and B, whole, or its bias.</summary>
/// <param name="Path">Its full path in the model.</param>
/// <param name="Layer">The layer.</param>
/// <param name="ByDefault">Whether a config without target_modules means it.</param>
public sealed record AdapterTarget(string Path, Layer Layer, bool ByDefault)
{
    /// <summary>The layer as adapter rules see it.</summary>
    public TargetLayer AsLayer() => new(Path, Layer is Linear, FullPrecision: !ByDefault, Layer.AdapterSizes?.In, Layer.AdapterSizes?.Out)
    {
        IsEmbedding = Layer is Embedding,
        Tensors = [.. Layer.Tensors.Select(static tensor => new TargetTensor(tensor.Name, tensor.Shape.ToArray())
        {
            IsStoredTransposed = tensor.IsStoredTransposed,
        })],
    };
}

/// <summary>All layers of a model, in the order of declaration.</summary>
public sealed class AdapterTargets : KeyedPass
{
    private readonly List<AdapterTarget> all = [];
    private readonly List<TargetLayer> layers = [];

    /// <summary>Every layer.</summary>
    public IReadOnlyList<AdapterTarget> All => all;

    /// <summary>Every layer as adapter rules see it.</summary>
    public IReadOnlyList<TargetLayer> Layers => layers;

    /// <summary>Lists the layers of a whole model.</summary>
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

    /// <summary>Lists a layer that is not linear: a table of embeddings gets an adapter where a config names it, others train whole at most.</summary>
    public void Other(string key, Layer layer) => Add(new AdapterTarget(PathOf(key), layer, ByDefault: false));

    /// <summary>The layers that get an adapter.</summary>
    /// <exception cref="QLoraException">A rule of the rulebook is broken: a target that matches no layer, each judged on its own, say.</exception>
    public IReadOnlyList<AdapterTarget> Matching(LoraConfig config)
    {
        Check(config);
        return all.FindAll(target => config.Trains(target.AsLayer()));
    }

    /// <summary>What a config trains, in the order of the arena.</summary>
    /// <exception cref="QLoraException">As for <see cref="Matching"/>.</exception>
    public IReadOnlyList<AdapterTensor> Trained(LoraConfig config)
    {
        Check(config);
        return [.. layers.SelectMany(layer => AdapterTensor.Of(config, layer))];
    }

    private protected override void Enter(Module module) => module.Adapt(this);

    private void Check(LoraConfig config)
    {
        if (AdapterRules.Check(config, layers).FirstOrDefault(static fault => fault.Rule.Severity == RuleSeverity.Error) is { } fault)
        {
            throw new QLoraException(fault.ToString());
        }
    }

    private void Add(AdapterTarget target)
    {
        all.Add(target);
        layers.Add(target.AsLayer());
    }
}
