using QLoraGen.Checkpoints;
using QLoraGen.Native;
using QLoraGen.Rules;
using TorchSharp.Modules;

namespace QLoraGen;

/// <summary>
/// A model's adapters as a folder that PEFT loads: <c>adapter_model.safetensors</c> with
/// <c>base_model.model.&lt;path&gt;.lora_A.weight</c> [r, in] and <c>.lora_B.weight</c> [out, r], and <c>adapter_config.json</c>.
/// </summary>
public static class PeftAdapter
{
    private const string WeightsName = "adapter_model.safetensors";
    private const string PickleName = "adapter_model.bin";   // of PEFT before 0.5
    private const string Prefix = "base_model.model.";

    /// <summary>Saves the adapters of a model; an adapter that is there is replaced once both new files are whole, or not at all.</summary>
    /// <param name="folder">Made where it does not exist.</param>
    /// <param name="model">A model with adapters.</param>
    /// <param name="baseModel">What the config names as its base, such as the checkpoint's folder.</param>
    /// <exception cref="QLoraException">The folder cannot be written; what was there before is unchanged.</exception>
    public static void Save(string folder, CausalLM model, string baseModel)
    {
        AdapterArena arena = model.Adapters ?? throw new InvalidOperationException("The model has no adapters to save.");
        CreateFolder(folder);
        IEnumerable<TensorToWrite> tensors = arena.Adapters.SelectMany(static adapter => (TensorToWrite[])
        [
            ToWrite(NameA(adapter.Path), adapter.A),
            ToWrite(NameB(adapter.Path), adapter.B),
        ]);
        AtomicFile.Write(
        [
            (Path.Combine(folder, PeftConfig.FileName),
                PeftConfig.Content(Named(arena, AdapterTargets.Of(model)), baseModel)),
            (Path.Combine(folder, WeightsName),
                SafetensorsWriter.Content([.. tensors], new Dictionary<string, string> { ["format"] = "pt" })),
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

    /// <summary>Puts the adapters of a folder on a model that has none.</summary>
    /// <exception cref="QLoraException">The folder holds no adapter, one for another model, or one that is not supported.</exception>
    public static AdapterArena Load(string folder, CausalLM model)
    {
        var known = AdapterTargets.Of(model);
        LoraConfig config = ReadConfig(folder, known);
        RequireWeights(folder);
        using SafetensorsFile file = SafetensorsFile.Open(Path.Combine(folder, WeightsName));
        Check(file, known.Matching(config), config);
        AdapterArena arena = model.AddAdapters(config, seed: 0);
        foreach (LoraAdapter adapter in arena.Adapters)
        {
            Read(file, NameA(adapter.Path), adapter.A);
            Read(file, NameB(adapter.Path), adapter.B);
        }
        return arena;
    }

    /// <summary>The config of a folder's adapter, checked for a model as loading does it; weights are not looked at, nor need there be any.</summary>
    /// <exception cref="QLoraException">There is no such folder or config, or a rule of the rulebook is broken.</exception>
    public static LoraConfig ReadConfig(string folder, AdapterTargets known) => Directory.Exists(folder)
        ? PeftConfig.Read(folder, known.Layers)
        : throw new QLoraException($"{folder}: there is no such folder; --adapter names the folder that finetune wrote.");

    private static string NameA(string path) => $"{Prefix}{path}.lora_A.weight";

    private static string NameB(string path) => $"{Prefix}{path}.lora_B.weight";

    private static void RequireWeights(string folder)
    {
        if (!File.Exists(Path.Combine(folder, WeightsName)))
        {
            throw new QLoraException(File.Exists(Path.Combine(folder, PickleName))
                ? $"{folder}: holds no {WeightsName}, only {PickleName}: {ForeignFormat.PickleAdvice}"
                : $"{Path.Combine(folder, WeightsName)}: there is no such file; --adapter names the folder that finetune wrote.");
        }
    }

    // Everything is checked before the model is touched.
    private static void Check(SafetensorsFile file, IReadOnlyList<AdapterTarget> targets, LoraConfig config)
    {
        var expected = new Dictionary<string, long[]>();
        foreach (AdapterTarget target in targets)
        {
            int r = config.RankOf(target.Path);
            expected.Add(NameA(target.Path), [r, target.Layer.InFeatures]);
            expected.Add(NameB(target.Path), [target.Layer.OutFeatures, r]);
        }
        const string Fix = "The adapter is for another model, or its config is not its own.";
        foreach ((string name, long[] shape) in expected)
        {
            if (!file.Tensors.TryGetValue(name, out TensorInfo? tensor))
            {
                throw new QLoraException($"{file.Path}: tensor {Shown.Quoted(name)} is missing. {Fix}");
            }
            if (!tensor.Shape.AsSpan().SequenceEqual(shape))
            {
                throw new QLoraException(
                    $"{file.Path}: tensor {Shown.Quoted(name)}: expected shape {Shapes.Shown(shape)}, found {Shapes.Shown(tensor.Shape.AsSpan())}. {Fix}");
            }
        }
        if (file.Tensors.Keys.FirstOrDefault(name => !expected.ContainsKey(name)) is { } stranger)
        {
            throw new QLoraException($"{file.Path}: tensor {Shown.Quoted(stranger)} belongs to no target of the adapter. {Fix}");
        }
    }

    private static unsafe void Read(SafetensorsFile file, string name, Parameter destination)
    {
        Span<float> values = new(TensorMemory.Floats(destination), checked((int)destination.numel()));
        file.Read(file.Tensors[name], values);
    }

    private static unsafe TensorToWrite ToWrite(string name, Parameter parameter)
    {
        nint pointer = TensorMemory.Pointer(parameter);
        int bytes = checked((int)(parameter.numel() * sizeof(float)));
        return new TensorToWrite(name, TensorDType.F32, parameter.shape, stream => stream.Write(new ReadOnlySpan<byte>((void*)pointer, bytes)));
    }

    /// <summary>
    /// The config as PEFT needs it, with the targets by name: PEFT's <c>all-linear</c> means other layers than ours where more than
    /// one is kept in full precision. Suffixes as people write them, unless they would mean other layers than are adapted.
    /// </summary>
    private static LoraConfig Named(AdapterArena arena, AdapterTargets targets)
    {
        LoraConfig config = arena.Config;
        if (config.TargetModules.Count > 0 || config.TargetPattern is not null)
        {
            return config;
        }
        TargetLayer[] layers = [.. targets.All.Select(static target => target.AsLayer())];
        LoraConfig named = config with
        {
            TargetModules = [.. LastNames.Of(layers.Where(config.IsTargeted)).Order(StringComparer.Ordinal)],
        };
        return layers.All(layer => named.Trains(layer) == config.Trains(layer))
            ? named
            : config with { TargetModules = [.. arena.Adapters.Select(static adapter => adapter.Path)], ExcludeModules = [], ExcludePattern = null };
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
