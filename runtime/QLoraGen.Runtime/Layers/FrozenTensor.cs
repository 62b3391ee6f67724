using QLoraGen.Checkpoints;
using QLoraGen.Kernels;
using QLoraGen.Kernels.Gpu;
using QLoraGen.Native;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace QLoraGen;

/// <summary>
/// One frozen tensor of a layer: a view into the model's <see cref="FrozenRegion"/>, either 4-bit codes with their
/// scales or values in the checkpoint's own data type. It never requires a gradient while adapters train.
/// </summary>
/// <param name="owner">The layer that it is registered with.</param>
/// <param name="name">Its name below the layer's, as in the checkpoint.</param>
/// <param name="shape">Row-major; a linear weight is [out, in].</param>
public sealed unsafe class FrozenTensor(Layer owner, string name, params long[] shape)
{
    // More than the largest model of any kind has; what is below cannot make a length overflow, however many tensors there are.
    private const long MostValues = 1L << 40;

    private byte* values;
    private TensorDType dtype;
    private QuantizedWeight quantized;
    private Tensor[]? parts;

    /// <summary>The layer that it belongs to.</summary>
    public Layer Owner => owner;

    /// <summary>Its name below the layer's.</summary>
    public string Name => name;

    /// <summary>Row-major shape; a linear weight is [out, in].</summary>
    public ReadOnlySpan<long> Shape => shape;

    /// <summary>Number of values.</summary>
    public long Count { get; } = CountOf(name, shape);

    /// <summary>Whether the checkpoint has the last two dimensions the other way round; here they are as <see cref="Shape"/> says.</summary>
    public bool IsStoredTransposed { get; init; }

    /// <summary>The shape in the checkpoint.</summary>
    public ReadOnlySpan<long> StoredShape => IsStoredTransposed ? [.. shape[..^2], shape[^1], shape[^2]] : shape;

    /// <summary>The value that all start from in a model of random weights; null for normal ones.</summary>
    public double? Start { get; init; }

    /// <summary>Whether the values are stored in 4 bits.</summary>
    public bool IsQuantized { get; private set; }

    /// <summary>The values as a tensor over the region; null where they are quantized or not loaded.</summary>
    public Parameter? Dense { get; private set; }

    /// <summary>The 4-bit view.</summary>
    /// <exception cref="InvalidOperationException">The tensor is not quantized.</exception>
    public ref readonly QuantizedWeight Quantized
    {
        get
        {
            if (!IsQuantized)
            {
                throw new InvalidOperationException($"{name} is not quantized.");
            }
            return ref quantized;
        }
    }

    /// <summary>The kernels of the device that a 4-bit tensor lies on; null on the CPU, and for one in full precision.</summary>
    internal DeviceProduct? Kernels { get; private set; }

    /// <summary>The 4-bit view on the device; meaningful where there are <see cref="Kernels"/>.</summary>
    internal GpuWeight OnDevice { get; private set; }

    /// <summary>Where the values lie.</summary>
    internal Device Device => Dense?.device ?? parts?[0].device ?? CPU;

    /// <summary>Values a row: the product of all sizes but the first.</summary>
    internal int RowLength => checked((int)(Count / Math.Max(1, shape[0])));

    /// <summary>Lets the tensor stand at its place in a region; the layout says where.</summary>
    internal void Place(FrozenRegion region, LayoutEntry entry)
    {
        IsQuantized = entry.Format is not null;
        if (entry.Format is { } format)
        {
            float* map = entry.NestedMap is { } offset ? (float*)(region.Pointer + offset) : null;
            quantized = new QuantizedWeight(region.Pointer, entry.Slot, format, checked((int)shape[0]), RowLength, map);
        }
        else
        {
            values = region.Pointer + entry.Slot.Codes;
            dtype = entry.DType;
        }
    }

    /// <summary>Ends its stay at a place that will be no more.</summary>
    internal void Leave() => (IsQuantized, quantized) = (false, default);

    /// <summary>The memory of a full-precision tensor, to be filled by the loader.</summary>
    internal Span<byte> DenseBytes => new(values, checked((int)(Count * dtype.SizeInBytes())));

    /// <summary>Makes the tensor visible to TorchSharp under the checkpoint's names, without a copy.</summary>
    internal void Publish()
    {
        if (!IsQuantized)
        {
            Dense = new Parameter(TensorMemory.Wrap(values, shape, dtype.ToScalarType()), requires_grad: false);
            Dense.DetachFromDisposeScope();
            owner.register_parameter(name, Dense);
            return;
        }
        foreach (QuantStatePart part in QuantStatePart.Of(quantized))
        {
            Tensor view = TensorMemory.Wrap(part.Pointer, part.Shape, part.DType).DetachFromDisposeScope();
            owner.register_buffer(part.Key(name), view);
        }
    }

    /// <summary>Takes up what the owner has after it was moved to a device.</summary>
    /// <param name="kernels">The device's; null for the CPU.</param>
    internal void Arrive(DeviceProduct? kernels)
    {
        if (!IsQuantized)
        {
            Dense = owner.named_parameters(recurse: false).Single(parameter => parameter.name == name).parameter;
            return;
        }
        Dictionary<string, Tensor> buffers = owner.named_buffers(recurse: false).ToDictionary(static buffer => buffer.name, static buffer => buffer.buffer);
        parts = [.. QuantStatePart.Of(quantized).Select(part => buffers[part.Key(name)])];
        nint[] addresses = [.. parts.Select(TensorMemory.Pointer)];
        Kernels = kernels;
        OnDevice = new GpuWeight(quantized.Format, quantized.Rows, quantized.Cols, addresses[0], addresses[1],
            addresses.ElementAtOrDefault(2), addresses.ElementAtOrDefault(3), addresses.ElementAtOrDefault(4));
    }

    // A config's numbers are each within their limits; their products, such as heads times head_dim, may not be.
    private static long CountOf(string name, long[] shape)
    {
        Int128 count = 1;
        foreach (long size in shape)
        {
            count *= size;
            if (size < 1 || count > MostValues)
            {
                throw new QLoraException($"config.json: its sizes ask for a tensor {Shown.Quoted(name)} of shape {Shapes.Shown(shape)}, which cannot be: "
                    + $"a size is at least 1, and all values are at most {MostValues}. Check its sizes, heads and widths.");
            }
        }
        return (long)count;
    }

    /// <summary>Decodes whole rows into fp32.</summary>
    /// <param name="first">First row.</param>
    /// <param name="rows">Contiguous fp32 tensor [rows, row length].</param>
    internal void ReadRows(int first, Tensor rows)
    {
        if (IsQuantized)
        {
            // The region stays in the process's memory, wherever the model computes.
            using Tensor decoded = rows.device_type == DeviceType.CPU ? rows.alias() : empty(rows.shape);
            var destination = new Span<float>(TensorMemory.Floats(decoded), checked((int)decoded.numel()));
            Dequantizer.Dequantize(quantized, (long)first * RowLength, destination);
            if (rows.device_type != DeviceType.CPU)
            {
                rows.copy_(decoded);
            }
        }
        else
        {
            using var _ = no_grad();
            using Tensor source = Dense!.narrow(0, first, rows.shape[0]);
            rows.copy_(source);
        }
    }
}
