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
/// scales or values in the checkpoint's own data type. It never requires a gradient; an adapter that trains the layer
/// whole, or its bias, puts a copy of its own in its place.
/// </summary>
public sealed unsafe class FrozenTensor
{
    // More than the largest model of any kind has; what is below cannot make a length overflow, however many tensors there are.
    private const long MostValues = 1L << 40;

    private readonly Layer owner;
    private readonly string name;
    private readonly long[] shape;
    private byte* values;
    private TensorDType dtype;
    private QuantizedWeight quantized;
    private Tensor[]? parts;
    private DeviceProduct? kernels;
    private bool isQuantized;
    private Parameter? published, copy;
    private Tensor? squaredRows;

    /// <summary>A tensor without values yet.</summary>
    /// <param name="owner">The layer that it is registered with.</param>
    /// <param name="name">Its name below the layer's, as in the checkpoint.</param>
    /// <param name="shape">Row-major; a linear weight is [out, in].</param>
    public FrozenTensor(Layer owner, string name, params long[] shape)
    {
        (this.owner, this.name, this.shape) = (owner, name, shape);
        Count = CountOf(name, shape);
        owner.Add(this);
    }

    private FrozenTensor(FrozenTensor other)
    {
        (owner, name, shape, Count) = (other.owner, other.name, other.shape, other.Count);
        values = other.values;
        (dtype, quantized, isQuantized, published) = (other.dtype, other.quantized, other.isQuantized, other.published);
        (IsStoredTransposed, Start) = (other.IsStoredTransposed, other.Start);
        (parts, kernels, OnDevice) = (other.parts, other.kernels, other.OnDevice);
    }

    /// <summary>The layer that it belongs to.</summary>
    public Layer Owner => owner;

    /// <summary>Its name below the layer's.</summary>
    public string Name => name;

    /// <summary>Row-major shape; a linear weight is [out, in].</summary>
    public ReadOnlySpan<long> Shape => shape;

    /// <summary>Number of values.</summary>
    public long Count { get; }

    /// <summary>Whether the checkpoint has the last two dimensions the other way round; here they are as <see cref="Shape"/> says.</summary>
    public bool IsStoredTransposed { get; init; }

    /// <summary>The shape in the checkpoint.</summary>
    public ReadOnlySpan<long> StoredShape => IsStoredTransposed ? [.. shape[..^2], shape[^1], shape[^2]] : shape;

    /// <summary>The value that all start from in a model of random weights; null for normal ones.</summary>
    public double? Start { get; init; }

    /// <summary>Whether the values that count are stored in 4 bits.</summary>
    public bool IsQuantized => isQuantized && copy is null;

    /// <summary>The values as a tensor: over the region, or an adapter's copy; null where they are quantized or not loaded.</summary>
    public Parameter? Dense => copy ?? published;

    /// <summary>The tensor as it lies in the region, whatever copy an adapter has put in its place.</summary>
    internal FrozenTensor Base => copy is null ? this : new FrozenTensor(this);

    /// <summary>Puts an adapter's copy in its place, or takes it away again.</summary>
    internal void Replace(Parameter? trained) => copy = trained;

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
    internal DeviceProduct? Kernels => copy is null ? kernels : null;

    /// <summary>The 4-bit view on the device; meaningful where there are <see cref="Kernels"/>.</summary>
    internal GpuWeight OnDevice { get; private set; }

    /// <summary>Where the values lie.</summary>
    internal Device Device => Dense?.device ?? parts?[0].device ?? CPU;

    /// <summary>Values a row: the product of all sizes but the first.</summary>
    internal int RowLength => checked((int)(Count / Math.Max(1, shape[0])));

    /// <summary>Lets the tensor stand at its place in a region; the layout says where.</summary>
    internal void Place(FrozenRegion region, LayoutEntry entry)
    {
        isQuantized = entry.Format is not null;
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
    internal void Leave() => (isQuantized, quantized) = (false, default);

    /// <summary>The memory of a full-precision tensor, to be filled by the loader.</summary>
    internal Span<byte> DenseBytes => new(values, checked((int)(Count * dtype.SizeInBytes())));

    /// <summary>Makes the tensor visible to TorchSharp under the checkpoint's names, without a copy.</summary>
    internal void Publish()
    {
        if (!isQuantized)
        {
            published = new Parameter(TensorMemory.Wrap(values, shape, dtype.ToScalarType()), requires_grad: false);
            published.DetachFromDisposeScope();
            owner.register_parameter(name, published);
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
        if (!isQuantized)
        {
            published = owner.named_parameters(recurse: false).Single(parameter => parameter.name == name).parameter;
            return;
        }
        Dictionary<string, Tensor> buffers = owner.named_buffers(recurse: false).ToDictionary(static buffer => buffer.name, static buffer => buffer.buffer);
        parts = [.. QuantStatePart.Of(quantized).Select(part => buffers[part.Key(name)])];
        nint[] addresses = [.. parts.Select(TensorMemory.Pointer)];
        this.kernels = kernels;
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

    /// <summary>Sums of squares of its rows, [rows]: they never change, so they are added up once.</summary>
    internal Tensor SquaredRows() => squaredRows ??= FrozenProduct.SquaredRows(this).DetachFromDisposeScope();

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

    /// <summary>Puts other values in its place, quantized again where it is; only where the region is this model's own.</summary>
    /// <param name="source">Contiguous fp32, of its shape.</param>
    internal void Write(Tensor source)
    {
        if (isQuantized)
        {
            Quantizer.Quantize(new ReadOnlySpan<float>(TensorMemory.Floats(source), checked((int)Count)), quantized);
        }
        else
        {
            using var _ = no_grad();
            published!.copy_(source);
        }
        squaredRows?.Dispose();
        squaredRows = null;
    }
}
