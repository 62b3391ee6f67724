using QLoraGen.Checkpoints;
using QLoraGen.Native;
using static TorchSharp.torch;

namespace QLoraGen;

/// <summary>
/// A checkpoint's tensors with a model's adapters merged into them, for <see cref="CheckpointWriter"/>: each is read, changed in
/// fp32 and rounded once when it is written, so that one is in memory at a time.
/// </summary>
/// <param name="checkpoint">The weights that the model was made for, in full precision.</param>
/// <param name="dtype">The type to round to: F32, F16 or BF16.</param>
/// <param name="cancellation">Asked before each tensor.</param>
internal sealed class MergedTensors(Checkpoint checkpoint, TensorDType dtype, CancellationToken cancellation)
{
    /// <summary>The tensors, in the checkpoint's order. What is no floating-point number is copied as it is.</summary>
    /// <param name="model">A model with adapters; its own weights are not needed.</param>
    /// <exception cref="QLoraException">The checkpoint lacks a tensor of the model, or has it in another shape or in 4 bits.</exception>
    public IReadOnlyList<TensorToWrite> Of(CausalLM model)
    {
        Dictionary<string, Change> changed = Changed(model);
        return [.. checkpoint.Tensors.Select(tensor => IsPlain(tensor)
            ? new TensorToWrite(tensor.Name, dtype, tensor.Shape.AsSpan(), stream => Write(tensor, changed.GetValueOrDefault(tensor.Name), stream))
            : new TensorToWrite(tensor.Name, tensor.DType, tensor.Shape.AsSpan(), stream => Copy(tensor, stream)))];
    }

    private Dictionary<string, Change> Changed(CausalLM model)
    {
        var layers = AdapterTargets.Of(model).All.ToDictionary(static target => target.Path, static target => target.Layer);
        Dictionary<string, Change> changed = [];
        foreach (LoraAdapter adapter in model.Adapters!.Adapters)
        {
            FrozenTensor weight = layers[adapter.Path].Weight;
            TensorInfo tensor = checkpoint.Find($"{adapter.Path}.{weight.Name}");
            RequireWeight(tensor, weight.StoredShape);
            changed.Add(tensor.Name, new Change(adapter, weight.IsStoredTransposed));
        }
        return changed;
    }

    // Before anything is written: what would be found out when its turn comes, perhaps after an hour.
    private void RequireWeight(TensorInfo tensor, ReadOnlySpan<long> shape)
    {
        if (!IsPlain(tensor))
        {
            throw checkpoint.Wrong(tensor.Name, $"is {tensor.DType.FormatName()}, where F32, F16 or BF16 is needed: {MergedModel.GiveTheOriginal}");
        }
        if (!tensor.Shape.AsSpan().SequenceEqual(shape))
        {
            throw checkpoint.Wrong(tensor.Name, $"expected shape {Shapes.Shown(shape)}, found {Shapes.Shown(tensor.Shape.AsSpan())}. "
                + "Check that config.json and the weights are of the same model.");
        }
    }

    private static bool IsPlain(TensorInfo tensor) => tensor.DType is TensorDType.F32 or TensorDType.F16 or TensorDType.BF16;

    private unsafe void Write(TensorInfo tensor, Change? change, Stream stream)
    {
        cancellation.ThrowIfCancellationRequested();
        using var scope = NewDisposeScope();
        Tensor values = empty([.. tensor.Shape]);
        checkpoint.Read(tensor.Name, tensor.Shape.AsSpan(), new Span<float>(TensorMemory.Floats(values), checked((int)values.numel())));
        change?.MergeInto(values);
        if (RoundedValues.TooLarge(values, dtype) is { } largest)
        {
            throw checkpoint.Wrong(tensor.Name, $"has values up to {largest}, more than float16 can hold: use --dtype bfloat16 or float32.");
        }
        RoundedValues.Write(values, dtype, stream);
    }

    private void Copy(TensorInfo tensor, Stream stream)
    {
        cancellation.ThrowIfCancellationRequested();
        stream.Write(checkpoint.Bytes(tensor.Name));
    }

    private sealed record Change(LoraAdapter Adapter, bool IsTransposed)
    {
        // A view the other way round is the same memory.
        public void MergeInto(Tensor stored) => Adapter.MergeInto(IsTransposed ? stored.t() : stored);
    }
}
