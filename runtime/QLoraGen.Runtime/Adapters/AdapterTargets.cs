namespace QLoraGen;

/// <summary>A linear layer that an adapter can train.</summary>
/// <param name="Path">Its full path in the model.</param>
/// <param name="Layer">The layer.</param>
/// <param name="ByDefault">Whether a config without target_modules means it.</param>
public sealed record AdapterTarget(string Path, Linear Layer, bool ByDefault);

/// <summary>All linear layers of a model, in the order of declaration; nothing else can be trained.</summary>
public sealed class AdapterTargets : KeyedPass
{
    private readonly List<AdapterTarget> all = [];

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
    public void Linear(string key, Linear layer) => all.Add(new AdapterTarget(PathOf(key), layer, ByDefault: true));

    /// <summary>Lists a layer that is adapted only where a config names it.</summary>
    public void FullPrecision(string key, Linear layer) => all.Add(new AdapterTarget(PathOf(key), layer, ByDefault: false));

    /// <summary>The layers that a config means.</summary>
    /// <exception cref="QLoraException">One of its target_modules matches no layer, each judged on its own.</exception>
    public IReadOnlyList<AdapterTarget> Matching(LoraConfig config)
    {
        foreach (string name in config.TargetModules)
        {
            if (!all.Exists(target => IsMeant(target.Path, name)))
            {
                string[] known = [.. all.Select(static target => target.Path[(target.Path.LastIndexOf('.') + 1)..]).Distinct()];
                throw new QLoraException(
                    $"target_modules: '{name}' matches no linear layer of the model."
                    + (Nearest.To(name, known) is { } nearest ? $" Did you mean '{nearest}'?" : "")
                    + $" Its linear layers are {string.Join(", ", known)}.");
            }
        }
        return config.TargetModules.Count == 0
            ? all.FindAll(static target => target.ByDefault)
            : all.FindAll(target => config.TargetModules.Any(name => IsMeant(target.Path, name)));
    }

    private protected override void Enter(Module module) => module.Adapt(this);

    // PEFT's rule for a list: a full path, or a suffix of whole segments.
    private static bool IsMeant(string path, string name) =>
        path == name || path.EndsWith($".{name}", StringComparison.Ordinal);
}
