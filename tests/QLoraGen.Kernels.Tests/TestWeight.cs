using System.Runtime.InteropServices;

namespace QLoraGen.Kernels.Tests;

/// <summary>A quantized weight in a region of its own, filled with a sentinel so that a write beyond a part shows.</summary>
internal sealed unsafe class TestWeight : IDisposable
{
    public const byte Sentinel = 0xA5;

    private readonly byte* region;
    private readonly float* map;

    public TestWeight(QuantFormat format, int rows, int cols, float[]? nestedMap = null)
    {
        Slot = QuantSlot.At(0, (long)rows * cols, format);
        region = (byte*)NativeMemory.AlignedAlloc((nuint)Slot.End, QuantSlot.Alignment);
        Region.Fill(Sentinel);
        if (nestedMap is not null)
        {
            map = (float*)NativeMemory.Alloc((nuint)nestedMap.Length, sizeof(float));
            nestedMap.CopyTo(new Span<float>(map, nestedMap.Length));
        }
        View = new(region, Slot, format, rows, cols, map);
    }

    /// <summary>A weight quantized from normally distributed values.</summary>
    public static TestWeight Random(QuantFormat format, int rows, int cols, int seed = 1)
    {
        var weight = new TestWeight(format, rows, cols);
        Quantizer.Quantize(Values.Normal((long)rows * cols, seed, 0.02f), weight.View);
        return weight;
    }

    public QuantSlot Slot { get; }

    public QuantizedWeight View { get; }

    public Span<byte> Region => new(region, (int)Slot.End);

    public Span<byte> Codes => Region.Slice((int)Slot.Codes, (int)Slot.CodesLength);

    public Span<byte> Absmax => Region.Slice((int)Slot.Absmax, (int)Slot.AbsmaxLength);

    public Span<float> AbsmaxValues => MemoryMarshal.Cast<byte, float>(Absmax);

    public Span<float> NestedAbsmax =>
        MemoryMarshal.Cast<byte, float>(Region.Slice((int)Slot.NestedAbsmax, (int)Slot.NestedAbsmaxLength));

    public float[] Recovered => [.. Enumerable.Range(0, (int)View.Blocks).Select(block => View.AbsmaxOf(block))];

    public float[] Dequantized()
    {
        float[] values = new float[View.Count];
        Dequantizer.Dequantize(View, 0, values);
        return values;
    }

    public void Dispose()
    {
        NativeMemory.AlignedFree(region);
        NativeMemory.Free(map);
    }
}
