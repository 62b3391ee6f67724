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
    /// <param name="changes">What an adapter makes of which.</param>
    /// <exception cref="QLoraException">The checkpoint has a changed tensor in another shape or in 4 bits.</exception>
    public IReadOnlyList<TensorToWrite> Of(MergedChanges changes)
    {
        foreach ((string name, Change change) in changes.ByTensor)
        {
            RequireWeight(checkpoint.Find(name), change.Tensor.StoredShape);
        }
        List<TensorToWrite> tensors = [.. checkpoint.Tensors.Select(tensor => IsPlain(tensor)
            ? new TensorToWrite(tensor.Name, dtype, tensor.Shape.AsSpan(), stream => Write(tensor, changes.ByTensor.GetValueOrDefault(tensor.Name), stream))
            : new TensorToWrite(tensor.Name, tensor.DType, tensor.Shape.AsSpan(), stream => Copy(tensor, stream)))];
        if (changes.HeadOfItsOwn is { } head && !checkpoint.Contains(head.Name))
        {
            TensorInfo table = checkpoint.Find(head.Table);
            tensors.Add(new TensorToWrite(head.Name, dtype, table.Shape.AsSpan(), stream => Write(table, change: null, stream)));
        }
        return tensors;
    }

    // Before anything is written: what would be found out when its turn comes, perhaps after an hour.
    private void RequireWeight(TensorInfo tensor, ReadOnlySpan<long> shape)
    {
        if (!IsPlain(tensor))
        {
            throw checkpoint.Wrong(tensor.Name, $"is {tensor.DType.FormatName()}, where F32, F16 or BF16 is needed: {MergedModel.GiveTheOriginal}");
        }
        checkpoint.Require(tensor.Name, shape);
    }

    private static bool IsPlain(TensorInfo tensor) => tensor.DType is TensorDType.F32 or TensorDType.F16 or TensorDType.BF16;

    private unsafe void Write(TensorInfo tensor, Change? change, Stream stream)
    {
        cancellation.ThrowIfCancellationRequested();
        using var scope = NewDisposeScope();
        Tensor values = empty([.. tensor.Shape]);
        checkpoint.Read(tensor.Name, tensor.Shape.AsSpan(), new Span<float>(TensorMemory.Floats(values), checked((int)values.numel())));
        change?.Make(values);
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
}
