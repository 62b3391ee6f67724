using QLoraGen.Checkpoints;
using QLoraGen.Rules;

namespace QLoraGen.Gguf;

/// <summary>
/// A model's adapters as the GGUF file that llama.cpp takes with <c>--lora</c>. Layout: what its converter writes and its loader asks
/// for (<c>convert_lora_to_gguf.py</c>, <c>src/llama-adapter.cpp</c>; October 2026): <c>general.type</c> adapter, <c>adapter.type</c>
/// lora, one <c>adapter.lora.alpha</c>, and for each adapted weight <c>NAME.weight.lora_a</c> and <c>.lora_b</c>. It adds
/// (alpha / r) B (A x), with r read from the shape of B: what makes an adapter's own scale another one (rank_pattern, alpha_pattern,
/// rsLoRA) is multiplied into its B. What the format has no place for is refused.
/// </summary>
public static class GgufAdapter
{
    private const string Instead = "Merge the adapter into the model with qlora merge instead, and convert that.";

    /// <summary>Writes the file; it is there whole or not at all.</summary>
    /// <param name="path">The file to make or replace; its folder must exist.</param>
    /// <param name="model">A model with adapters; its own weights are not needed.</param>
    /// <param name="config">The model's <c>config.json</c>.</param>
    /// <param name="name">The adapter's <c>general.name</c>.</param>
    /// <param name="dtype">F32, F16 or BF16.</param>
    /// <exception cref="QLoraException">llama.cpp's names for the model are not known, or something would be lost.</exception>
    public static GgufSummary Write(string path, CausalLM model, ConfigFile config, string name, TensorDType dtype = TensorDType.F32)
    {
        AdapterArena arena = model.Adapters ?? throw new InvalidOperationException("The model has no adapters to export.");
        if (ExportLosesSomething.HasNoPlace(arena.Config).FirstOrDefault() is { } lost)
        {
            throw new QLoraException($"{lost} {Instead}");
        }
        GgufArchitecture architecture = GgufArchitecture.Of(config);
        ILookup<string, GgufPlace> places = AdapterTargets.Of(model).All.Select(target => architecture.Find(target.Path)).OfType<GgufPlace>()
            .ToLookup(static place => place.Tensor);
        List<PlacedAdapter> placed = [.. arena.Adapters.Select(adapter => Place(adapter, architecture, hasHead: places.Contains("output")))];
        float alpha = MostCommon(placed.Select(static p => p.Adapter.Scale * p.Adapter.A.shape[0]));
        TensorToWrite[] tensors =
        [
            .. placed.GroupBy(static p => p.Place.Tensor).SelectMany(group =>
                new AdapterTensors($"{group.Key}.weight", [.. group], alpha, dtype, group.First().Place.Expert is null ? null : places[group.Key].Count()).All),
        ];
        (string, object)[] metadata =
        [
            ("general.architecture", architecture.Name), ("general.type", "adapter"), ("general.name", name),
            ("general.file_type", FileType(dtype)), ("adapter.type", "lora"), ("adapter.lora.alpha", alpha),
        ];
        AtomicFile.Write(path, GgufFile.Content(metadata, tensors));
        return new GgufSummary(
            architecture.Name, placed.Count, tensors.Length, alpha, placed.Count(p => AdapterTensors.Factor(p.Adapter, p.Adapter.A.shape[0], alpha) != 1));
    }

    private static PlacedAdapter Place(LoraAdapter adapter, GgufArchitecture architecture, bool hasHead)
    {
        GgufPlace place = architecture.Find(adapter.Path) ?? throw new QLoraException(
            $"{adapter.Path}: llama.cpp has no weight for it that an adapter can change in a model of architecture {architecture.Name}. {Instead}");
        // Without a head of its own a model is computed with one table at both ends, and llama.cpp would change both, or fail at it.
        return place.Tensor != GgufPlace.Embeddings || hasHead
            ? new PlacedAdapter(adapter, place)
            : throw new QLoraException($"{adapter.Path}: is the output head as well (tie_word_embeddings), which the adapter does not change and "
                + $"llama.cpp cannot tell apart. {Instead}");
    }

    // So that as few B as possible are multiplied: in the common case none is, and its values are the adapter's own, bit for bit.
    private static float MostCommon(IEnumerable<double> alphas) =>
        alphas.GroupBy(static alpha => (float)alpha).OrderByDescending(static group => group.Count()).First().Key;

    // llama.cpp's llama_ftype.
    private static uint FileType(TensorDType dtype) => dtype switch
    {
        TensorDType.F32 => 0,
        TensorDType.F16 => 1,
        TensorDType.BF16 => 32,
        _ => throw new ArgumentOutOfRangeException(nameof(dtype), dtype, "not written to GGUF"),
    };
}

/// <summary>What was written.</summary>
/// <param name="Architecture">llama.cpp's name for the model's architecture.</param>
/// <param name="Adapters">Adapted layers.</param>
/// <param name="Tensors">Tensors of the file; the experts of a block share theirs.</param>
/// <param name="Alpha"><c>adapter.lora.alpha</c>.</param>
/// <param name="Rescaled">Adapters whose own scale is multiplied into their B.</param>
public sealed record GgufSummary(string Architecture, int Adapters, int Tensors, float Alpha, int Rescaled);

/// <summary>An adapter and where llama.cpp has the weight that it is for.</summary>
internal sealed record PlacedAdapter(LoraAdapter Adapter, GgufPlace Place);
