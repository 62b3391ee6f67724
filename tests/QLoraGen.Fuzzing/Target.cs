namespace QLoraGen.Fuzzing;

/// <summary>Something that reads files from outside.</summary>
/// <param name="Name">What it is called on the command line.</param>
/// <param name="Seeds">Makes the folders that are mutated; runs once a process.</param>
/// <param name="Read">Reads a mutated folder, as the tool would. A <see cref="QLoraException"/> is its right to refuse.</param>
public sealed record Target(string Name, Func<IReadOnlyList<Seed>> Seeds, Action<string> Read)
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<Target> All { get; } =
    [
        Targets.CheckpointTargets.Safetensors, Targets.CheckpointTargets.Index, Targets.ModelTargets.Config, Targets.ModelTargets.Model,
        Targets.ModelTargets.Packed, Targets.ModelTargets.Adapter, Targets.TokenizerTargets.Json, Targets.TokenizerTargets.SentencePiece,
        Targets.TokenizerTargets.VocabAndMerges, Targets.TemplateTargets.Template, Targets.DatasetTargets.Dataset,
    ];

    public static Target Named(string name) => All.FirstOrDefault(target => target.Name == name)
        ?? throw new ArgumentException($"there is no target '{name}': {string.Join(", ", All.Select(static target => target.Name))}");
}
