using System.Text.RegularExpressions;
using QLoraGen.Checkpoints;
using QLoraGen.Native;
using static TorchSharp.torch;

namespace QLoraGen;

/// <summary>
/// <c>adapter_model.safetensors</c>: each trained tensor under <c>base_model.model.</c> and its own name, in the order in which the
/// safetensors library writes them (wider types first, then by name).
/// </summary>
internal static partial class PeftWeights
{
    public const string FileName = "adapter_model.safetensors";

    private const string Prefix = "base_model.model.";
    private const string Fix = "The adapter is for another model, or its config is not its own.";

    /// <summary>The file of what an arena holds; adapters that began from the weights as plain LoRA of twice the rank.</summary>
    public static Action<Stream> Content(AdapterArena arena)
    {
        List<TensorToWrite> tensors = [];
        long offset = 0;
        foreach (ArenaView view in arena.Views)
        {
            long at = offset;
            offset += view.Tensor.Count;
            long[] shape = arena.Start is null || view.Tensor.Role is not (AdapterRole.A or AdapterRole.B) ? [.. view.Tensor.StoredShape]
                : view.Tensor.Role == AdapterRole.A ? [view.Value.shape[0] * 2, view.Value.shape[1]] : [view.Value.shape[0], view.Value.shape[1] * 2];
            tensors.Add(new TensorToWrite(Prefix + view.Tensor.Name, view.SavedType, shape, stream =>
            {
                using var scope = NewDisposeScope();
                Tensor values = arena.Start?.Plain(view, at) ?? view.Value.detach();
                Write(view.Tensor.IsStoredTransposed ? values.t() : values, view.SavedType, stream);
            }));
        }
        return SafetensorsWriter.Content(
            [.. tensors.OrderByDescending(static tensor => tensor.DType.SizeInBytes()).ThenBy(static tensor => tensor.Name, StringComparer.Ordinal)],
            new Dictionary<string, string> { ["format"] = "pt" });
    }

    /// <summary>The tensors of a file, by the names of what a config trains; all that is there must be expected, and the other way round.</summary>
    /// <exception cref="QLoraException">A tensor is missing, has another shape, or belongs to nothing.</exception>
    public static IReadOnlyDictionary<string, TensorInfo> Match(SafetensorsFile file, IReadOnlyList<AdapterTensor> expected, AdapterTargets targets)
    {
        Dictionary<string, TensorInfo> found = [];
        Dictionary<string, TensorInfo> plain = [];
        foreach ((string name, TensorInfo tensor) in file.Tensors)
        {
            if (!plain.TryAdd(Plain(name), tensor))
            {
                throw new QLoraException($"{file.Path}: tensor {Shown.Quoted(name)} is there twice, for two adapters. Save them apart from each other.");
            }
        }
        foreach (AdapterTensor tensor in expected)
        {
            string name = Prefix + tensor.Name;
            if (!plain.Remove(name, out TensorInfo? there) && !(tensor.Role == AdapterRole.Bias && plain.Remove(OtherBias(tensor), out there)))
            {
                throw new QLoraException($"{file.Path}: tensor {Shown.Quoted(name)} is missing. {Fix}");
            }
            if (!there!.Shape.AsSpan().SequenceEqual(tensor.StoredShape.ToArray()))
            {
                throw new QLoraException($"{file.Path}: tensor {Shown.Quoted(name)}: expected shape {Shapes.Shown([.. tensor.StoredShape])}, "
                    + $"found {Shapes.Shown(there.Shape.AsSpan())}. {Fix}");
            }
            found.Add(tensor.Name, there);
        }
        foreach ((string stranger, TensorInfo tensor) in plain)
        {
            CheckStranger(file, stranger, tensor, targets);
        }
        return found;
    }

    /// <summary>Reads a tensor into its view, which keeps the type for when it is saved.</summary>
    public static unsafe void Read(SafetensorsFile file, TensorInfo tensor, ArenaView view)
    {
        using IDisposable _ = no_grad();
        using Tensor values = empty([.. view.Tensor.StoredShape]);
        file.Read(tensor, new Span<float>(TensorMemory.Floats(values), checked((int)values.numel())));
        using Tensor placed = view.Tensor.IsStoredTransposed ? values.t() : values.alias();
        view.Value.copy_(placed);
        view.SavedType = tensor.DType;
    }

    // PEFT takes the adapter's name out when it saves; state dicts that others save have it.
    private static string Plain(string name) => DoraLayer().Replace(AdapterName().Replace(name, "$1"), "");

    // Of a layer that is adapted PEFT saves base_layer.bias; files of earlier versions have bias.
    private static string OtherBias(AdapterTensor tensor) => Prefix + (tensor.Name.Contains(".base_layer.", StringComparison.Ordinal)
        ? $"{tensor.Layer}.bias" : $"{tensor.Layer}.base_layer.bias");

    // PEFT saves embeddings with the adapter where they are targeted: right, as long as they are the base's own.
    private static void CheckStranger(SafetensorsFile file, string name, TensorInfo tensor, AdapterTargets targets)
    {
        AdapterTarget? owner = targets.All.FirstOrDefault(
            target => name == $"{Prefix}{target.Path}.base_layer.weight" || name == $"{Prefix}{target.Path}.weight");
        if (owner is null)
        {
            throw new QLoraException($"{file.Path}: tensor {Shown.Quoted(name)} belongs to no target of the adapter. {Fix}");
        }
        FrozenTensor weight = owner.Layer.Tensors[0].Base;
        if (weight.IsStoredTransposed || !tensor.Shape.AsSpan().SequenceEqual(weight.Shape) || weight.IsQuantized || !IsSame(file, tensor, weight))
        {
            throw new QLoraException($"{file.Path}: tensor {Shown.Quoted(name)} is a weight of the base model, and another than the base model has: "
                + "its vocabulary was changed. Save the adapter with save_embedding_layers=False, or train the layer by modules_to_save.");
        }
    }

    private static unsafe bool IsSame(SafetensorsFile file, TensorInfo tensor, FrozenTensor weight)
    {
        using var scope = NewDisposeScope();
        using IDisposable _ = no_grad();
        Tensor there = empty(weight.Shape), here = empty(weight.Shape);
        file.Read(tensor, new Span<float>(TensorMemory.Floats(there), checked((int)weight.Count)));
        weight.ReadRows(0, here);
        return (here - there).abs().max().item<float>() == 0;
    }

    private static unsafe void Write(Tensor values, TensorDType type, Stream stream)
    {
        Tensor saved = values.to(type.ToScalarType()).cpu().contiguous();
        byte* bytes = (byte*)TensorMemory.Pointer(saved);
        long length = checked(saved.numel() * type.SizeInBytes());
        for (long done = 0; done < length; done += 1 << 30)
        {
            stream.Write(new ReadOnlySpan<byte>(bytes + done, (int)Math.Min(1 << 30, length - done)));
        }
    }

    [GeneratedRegex(@"(\.lora_A|\.lora_B|\.lora_embedding_A|\.lora_embedding_B|\.lora_magnitude_vector)\.default(?=\.|$)|\.modules_to_save\.default(?=\.)")]
    private static partial Regex AdapterName();

    [GeneratedRegex(@"(?<=\.lora_magnitude_vector)\.weight$")]
    private static partial Regex DoraLayer();
}
