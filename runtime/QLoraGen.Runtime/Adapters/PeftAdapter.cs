using QLoraGen.Checkpoints;
using QLoraGen.Rules;

namespace QLoraGen;

/// <summary>
/// A model's adapters as a folder that PEFT loads: <c>adapter_model.safetensors</c> with
/// <c>base_model.model.&lt;path&gt;.lora_A.weight</c> [r, in], <c>.lora_B.weight</c> [out, r] and whatever else is trained, and
/// <c>adapter_config.json</c>.
/// </summary>
public static class PeftAdapter
{
    private const string PickleName = "adapter_model.bin";   // of PEFT before 0.5

    /// <summary>
    /// Saves the active adapters of a model; an adapter that is there is replaced once both new files are whole, or not at all. Adapters
    /// that took their beginning out of the base weights (PiSSA, OLoRA) are saved as plain LoRA of twice the rank, for the base as it was.
    /// </summary>
    /// <param name="folder">Made where it does not exist.</param>
    /// <param name="model">A model with adapters.</param>
    /// <param name="baseModel">What the config names as its base, such as the checkpoint's folder; null for what a loaded one named.</param>
    /// <exception cref="QLoraException">The folder cannot be written; what was there before is unchanged.</exception>
    public static void Save(string folder, CausalLM model, string? baseModel)
    {
        AdapterArena arena = model.Adapters ?? throw new InvalidOperationException("The model has no adapters to save.");
        CreateFolder(folder);
        LoraConfig config = Named(arena, AdapterTargets.Of(model));
        AtomicFile.Write(
        [
            (Path.Combine(folder, PeftConfig.FileName), PeftConfig.Content(
                AsSaved(config, arena), baseModel, arena.ByLayer.Keys.Any(static layer => layer is Linear { Weight.IsStoredTransposed: true }))),
            (Path.Combine(folder, PeftWeights.FileName), PeftWeights.Content(arena)),
        ]);
    }

    /// <summary>Makes sure that a folder can be saved to later, and leaves everything as it was.</summary>
    /// <exception cref="QLoraException">It is a file, or its disk may not be written to.</exception>
    public static void RequireWritable(string folder)
    {
        string? place = Path.GetFullPath(folder);
        while (place is not null && !Directory.Exists(place))
        {
            if (File.Exists(place))
            {
                throw new QLoraException($"{folder}: the folder cannot be made: {place} is a file. Choose another with --out.");
            }
            place = Path.GetDirectoryName(place);
        }
        try
        {
            using var probe = new FileStream(
                Path.Combine(place!, $".{Guid.NewGuid():N}.tmp"), FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new QLoraException($"{folder}: cannot be written: {e.Message} Choose another folder with --out.", e);
        }
    }

    /// <summary>Puts the adapters of a folder on a model and computes with them from now on.</summary>
    /// <param name="folder">What PEFT or <see cref="Save"/> wrote.</param>
    /// <param name="model">A model with its weights.</param>
    /// <param name="name">What to call the adapters; the model must have none of that name.</param>
    /// <exception cref="QLoraException">The folder holds no adapter, one for another model, or one that is not supported.</exception>
    public static AdapterArena Load(string folder, CausalLM model, string name = CausalLM.DefaultAdapter)
    {
        var known = AdapterTargets.Of(model);
        LoraConfig config = ReadConfig(folder, known);
        RequireWeights(folder);
        using SafetensorsFile file = SafetensorsFile.Open(Path.Combine(folder, PeftWeights.FileName));
        // Everything is checked before the model is touched.
        IReadOnlyDictionary<string, TensorInfo> tensors = PeftWeights.Match(file, known.Trained(config), known);
        return model.Add(name, () =>
        {
            var arena = AdapterArena.Empty(known, config);
            foreach (ArenaView view in arena.Views)
            {
                PeftWeights.Read(file, tensors[view.Tensor.Name], view);
            }
            return arena;
        });
    }

    /// <summary>The config of a folder's adapter, checked for a model as loading does it; weights are not looked at, nor need there be any.</summary>
    /// <exception cref="QLoraException">There is no such folder or config, or a rule of the rulebook is broken.</exception>
    public static LoraConfig ReadConfig(string folder, AdapterTargets known) => Directory.Exists(folder)
        ? PeftConfig.Read(folder, known.Layers)
        : throw new QLoraException($"{folder}: there is no such folder; --adapter names the folder that finetune wrote.");

    /// <summary>The options of an adapter_config.json for new adapters; what it says of its own adapter's origin is left behind.</summary>
    /// <exception cref="QLoraException">There is no such file, or a rule of the rulebook is broken.</exception>
    public static LoraConfig ReadOptions(string file, AdapterTargets known) => PeftConfig.ReadNew(file, known.Layers);

    private static void RequireWeights(string folder)
    {
        if (!File.Exists(Path.Combine(folder, PeftWeights.FileName)))
        {
            throw new QLoraException(File.Exists(Path.Combine(folder, PickleName))
                ? $"{folder}: holds no {PeftWeights.FileName}, only {PickleName}: {ForeignFormat.PickleAdvice}"
                : $"{Path.Combine(folder, PeftWeights.FileName)}: there is no such file; --adapter names the folder that finetune wrote.");
        }
    }

    // The ways to begin that begin from the base are done with once the adapter is trained.
    private static LoraConfig AsSaved(LoraConfig config, AdapterArena arena) => arena.Start is not null ? StartProduct.Plain(config)
        : config.InitLoraWeights == LoraStart.Loftq ? config with { InitLoraWeights = LoraStart.Default }
        : config;

    /// <summary>
    /// The config as PEFT needs it, with the targets by name: PEFT's <c>all-linear</c> means other layers than ours where more than
    /// one is kept in full precision. Suffixes as people write them, unless they would mean other layers than are adapted.
    /// </summary>
    private static LoraConfig Named(AdapterArena arena, AdapterTargets targets)
    {
        LoraConfig config = arena.Config;
        if (!config.IsAllLinear || config.SavedFields.Count > 0)
        {
            return config;
        }
        IReadOnlyList<TargetLayer> layers = targets.Layers;
        LoraConfig named = config with
        {
            TargetModules = [.. LastNames.Of(layers.Where(layer => config.IsTargeted(layer) && !config.TrainsWhole(layer.Path))).Order(StringComparer.Ordinal)],
        };
        return layers.All(layer => named.Trains(layer) == config.Trains(layer))
            ? named
            : config with
            {
                TargetModules = [.. arena.Adapters.Select(static adapter => adapter.Path)],
                ExcludeModules = [], ExcludePattern = null, LayersToTransform = [], LayersPattern = [],
            };
    }

    private static void CreateFolder(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new QLoraException($"{folder}: the folder cannot be made: {e.Message} Choose another with --out.", e);
        }
    }
}
