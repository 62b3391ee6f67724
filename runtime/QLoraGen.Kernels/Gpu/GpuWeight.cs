using System.Numerics;

namespace QLoraGen.Kernels.Gpu;

/// <summary>
/// A view of a quantized weight [rows, cols] that lies on a device, in the layout of <see cref="QuantSlot"/> or
/// bitsandbytes. It owns nothing. The blocks run over the flattened weight.
/// </summary>
public readonly record struct GpuWeight
{
    /// <summary>Views the weight that <paramref name="slot"/> places in a region copied to the device.</summary>
    /// <param name="region">The device's address of the region, 64-byte aligned.</param>
    /// <param name="slot">Made by <see cref="QuantSlot.At"/> for rows * cols values in this format.</param>
    /// <param name="format">How the weight is quantized.</param>
    /// <param name="rows">N, the features that go out.</param>
    /// <param name="cols">K, the features that come in.</param>
    /// <exception cref="ArgumentException">The format is not valid, or the slot is not for that many values.</exception>
    public GpuWeight(nint region, in QuantSlot slot, QuantFormat format, int rows, int cols)
        : this(format, rows, cols, region + (nint)slot.Codes, region + (nint)slot.Absmax,
            format.DoubleQuant ? region + (nint)slot.NestedAbsmax : 0, format.DoubleQuant ? region + (nint)slot.NestedOffset : 0)
    {
        QuantSlot expected = QuantSlot.At(0, Count, format);
        if (slot.CodesLength != expected.CodesLength || slot.AbsmaxLength != expected.AbsmaxLength)
        {
            throw new ArgumentException(
                $"The slot holds {slot.CodesLength} bytes of codes and {slot.AbsmaxLength} of absmax, but [{rows}, {cols}] in {format} " +
                $"needs {expected.CodesLength} and {expected.AbsmaxLength}: make the slot with QuantSlot.At.", nameof(slot));
        }
    }

    /// <summary>Views parts that lie anywhere on the device.</summary>
    /// <param name="format">How the weight is quantized.</param>
    /// <param name="rows">N, the features that go out.</param>
    /// <param name="cols">K, the features that come in.</param>
    /// <param name="codes">u8, two values a byte, the first in the high nibble.</param>
    /// <param name="absmax">One a block: u8 with double quantization, and then readable up to a multiple of 4 bytes; else fp32.</param>
    /// <param name="nestedAbsmax">One fp32 for 256 absmax; 0 without double quantization.</param>
    /// <param name="nestedOffset">One fp32, the mean absmax; 0 without double quantization.</param>
    /// <param name="nestedMap">The checkpoint's own 256 fp32; 0 for bitsandbytes' map.</param>
    /// <exception cref="ArgumentException">The format is not valid.</exception>
    public GpuWeight(
        QuantFormat format, int rows, int cols, nint codes, nint absmax, nint nestedAbsmax = 0, nint nestedOffset = 0, nint nestedMap = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rows);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(cols);
        Format = format.Validate();
        (Rows, Cols, Codes, Absmax) = (rows, cols, codes, absmax);
        (NestedAbsmax, NestedOffset, NestedMap) = (nestedAbsmax, nestedOffset, nestedMap);
    }

    /// <summary>How the weight is quantized.</summary>
    public QuantFormat Format { get; }

    /// <summary>N, the features that go out.</summary>
    public int Rows { get; }

    /// <summary>K, the features that come in.</summary>
    public int Cols { get; }

    /// <summary>The values: rows * cols.</summary>
    public long Count => (long)Rows * Cols;

    /// <summary>The blocks, the last of which may be partial.</summary>
    public long Blocks => (Count + Format.BlockSize - 1) / Format.BlockSize;

    /// <summary>The device's address of the packed codes.</summary>
    public nint Codes { get; }

    /// <summary>The device's address of the absmax, u8 or fp32.</summary>
    public nint Absmax { get; }

    /// <summary>The device's address of the nested absmax; 0 without double quantization.</summary>
    public nint NestedAbsmax { get; }

    /// <summary>The device's address of the mean absmax; 0 without double quantization.</summary>
    public nint NestedOffset { get; }

    /// <summary>The device's address of the checkpoint's own map; 0 for bitsandbytes'.</summary>
    public nint NestedMap { get; }

    /// <summary>The block size's logarithm.</summary>
    internal int LogBlock => BitOperations.Log2((uint)Format.BlockSize);

    /// <summary>Whether rows are whole blocks and whole runs, and the parts lie as 16-byte loads want them.</summary>
    internal bool HasRunsOf(int run) =>
        Cols % run == 0 && Cols % Format.BlockSize == 0 && Codes % 16 == 0 && Absmax % 4 == 0;

    /// <summary>The addresses that every fast kernel takes first: absmax, nested, offset, map, codebook.</summary>
    internal void AddTables(ref KernelArguments arguments, IKernelLauncher launcher)
    {
        arguments.Add((long)Absmax);
        arguments.Add((long)NestedAbsmax);
        arguments.Add((long)NestedOffset);
        arguments.Add(Format.DoubleQuant ? MapOr(launcher) : 0L);
        arguments.Add((long)launcher.Codebook(Format.Type));
    }

    /// <summary>The weight as <see cref="PlainWeight"/> lies.</summary>
    internal void AddPlain(ref KernelArguments arguments, IKernelLauncher launcher)
    {
        bool nested = Format.DoubleQuant;
        arguments.AddView(Codes, (Count + 1) / 2);
        arguments.AddView(nested ? 0 : Absmax, nested ? 0 : Blocks);
        arguments.AddView(nested ? Absmax : 0, nested ? Blocks : 0);
        arguments.AddView(NestedAbsmax, nested ? (Blocks + QuantFormat.NestedBlockSize - 1) / QuantFormat.NestedBlockSize : 0);
        arguments.AddView(NestedOffset, nested ? 1 : 0);
        arguments.AddView(nested ? (nint)MapOr(launcher) : 0, nested ? 256 : 0);
        arguments.AddView(launcher.Codebook(Format.Type), 16);
        arguments.Add((long)LogBlock);
    }

    private long MapOr(IKernelLauncher launcher) => NestedMap != 0 ? NestedMap : launcher.DynamicMap;
}
