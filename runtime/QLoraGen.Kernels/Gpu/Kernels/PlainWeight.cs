using System.Runtime.InteropServices;
using ILGPU;

namespace QLoraGen.Kernels.Gpu;

/// <summary>
/// A quantized weight as the plain kernels see it: views alone, so that they run on ILGPU's CPU accelerator too. Of
/// <see cref="Absmax"/> and <see cref="AbsmaxCodes"/> one is empty; the blocks run over the flattened weight.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PlainWeight
{
    public ArrayView<byte> Codes;
    public ArrayView<float> Absmax;
    public ArrayView<byte> AbsmaxCodes;
    public ArrayView<float> NestedAbsmax;
    public ArrayView<float> NestedOffset;
    public ArrayView<float> NestedMap;
    public ArrayView<float> Codebook;
    public long LogBlock;

    /// <summary>The value at a place of the flattened weight, in fp32.</summary>
    public readonly float At(long at)
    {
        int pair = Codes[at >> 1];
        int code = (at & 1) == 0 ? pair >> 4 : pair & 15;
        return Codebook[code] * AbsmaxOf(at >> (int)LogBlock);
    }

    /// <summary>The value as dequantizing to bfloat16 stores it, widened again.</summary>
    public readonly float RoundedAt(long at) => BFloat16.ToFloat(BFloat16.FromFloat(At(at)));

    private readonly float AbsmaxOf(long block)
    {
        if (Absmax.Length > 0)
        {
            return Absmax[block];
        }
        float scaled = NestedMap[(int)AbsmaxCodes[block]] * NestedAbsmax[block >> 8];
        return scaled + NestedOffset[0];
    }
}
