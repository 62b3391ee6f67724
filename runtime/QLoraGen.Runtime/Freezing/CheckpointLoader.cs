using System.Runtime.InteropServices;
using QLoraGen.Checkpoints;
using QLoraGen.Kernels;

namespace QLoraGen;

/// <summary>
/// Fills a model's frozen tensors from a checkpoint, one at a time: what is quantized passes through one fp32 buffer of
/// the largest such tensor's size, so the peak is one tensor above the region. What the checkpoint holds in 4 bits already is
/// copied as it is.
/// </summary>
/// <param name="checkpoint">Where the values come from.</param>
public sealed unsafe class CheckpointLoader(Checkpoint checkpoint) : KeyedPass, IDisposable
{
    private float* buffer;
    private long capacity;

    /// <summary>Reads one tensor into its place; null is one that the config leaves out.</summary>
    /// <exception cref="QLoraException">The tensor is missing, has another shape, or holds values that are not finite.</exception>
    public void Load(string key, FrozenTensor? tensor)
    {
        if (tensor is null)
        {
            return;
        }
        string name = PathOf(key);
        if (tensor.IsQuantized)
        {
            if (PackedWeight.Find(checkpoint, name, tensor.Shape) is { } packed)
            {
                packed.CopyTo(tensor.Quantized);   // in the shape of a Linear, whatever the layer was before it was quantized
                return;
            }
            Quantizer.Quantize(Read(name, tensor), tensor.Quantized);
        }
        else if (tensor.IsStoredTransposed)
        {
            Transposition.Copy(checkpoint.Finite(name, tensor.StoredShape), tensor.StoredShape, tensor.DenseBytes);
        }
        else
        {
            checkpoint.Finite(name, tensor.Shape).CopyTo(tensor.DenseBytes);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        NativeMemory.Free(buffer);
        buffer = null;
        capacity = 0;
    }

    private protected override void Enter(Module module) => module.Load(this);

    private Span<float> Read(string name, FrozenTensor tensor)
    {
        if (!tensor.IsStoredTransposed)
        {
            Span<float> values = Buffer(tensor.Count);
            checkpoint.Read(name, tensor.Shape, values);
            return values;
        }
        int count = checked((int)tensor.Count);
        Span<float> both = Buffer(2 * tensor.Count), stored = both[..count], turned = both[count..];
        checkpoint.Read(name, tensor.StoredShape, stored);
        Transposition.Copy(MemoryMarshal.AsBytes(stored), tensor.StoredShape, MemoryMarshal.AsBytes(turned));
        return turned;
    }

    private Span<float> Buffer(long count)
    {
        if (count > capacity)
        {
            buffer = (float*)NativeMemory.Realloc(buffer, checked((nuint)count * sizeof(float)));
            capacity = count;
        }
        return new Span<float>(buffer, checked((int)count));
    }
}
