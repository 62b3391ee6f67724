using QLoraGen.Kernels;
using static TorchSharp.torch;

namespace QLoraGen;

// One part of a quantized weight's state as a buffer of its layer; the suffix is bitsandbytes' own.
internal readonly unsafe record struct QuantStatePart(string Suffix, nint Address, long Length, ScalarType DType)
{
    public void* Pointer => (void*)Address;

    public long[] Shape => [Length];

    /// <summary>The buffer's name, as bitsandbytes writes it: <c>weight.absmax</c>.</summary>
    public string Key(string tensor) => Suffix.Length == 0 ? tensor : $"{tensor}.{Suffix}";

    /// <summary>The parts that there are, codes first.</summary>
    public static IEnumerable<QuantStatePart> Of(QuantizedWeight weight)
    {
        List<QuantStatePart> parts = [new("", (nint)weight.Codes, (weight.Count + 1) / 2, ScalarType.Byte)];
        if (weight.Format.DoubleQuant)
        {
            long nested = (weight.Blocks + QuantFormat.NestedBlockSize - 1) / QuantFormat.NestedBlockSize;
            parts.Add(new("absmax", (nint)weight.AbsmaxCodes, weight.Blocks, ScalarType.Byte));
            parts.Add(new("nested_absmax", (nint)weight.NestedAbsmax, nested, ScalarType.Float32));
            parts.Add(new("nested_offset", (nint)weight.NestedOffset, 1, ScalarType.Float32));
            if (!new ReadOnlySpan<float>(weight.NestedMap, DynamicMap.Length).SequenceEqual(DynamicMap.Values))
            {
                parts.Add(new("nested_quant_map", (nint)weight.NestedMap, DynamicMap.Length, ScalarType.Float32));   // a checkpoint's own
            }
        }
        else
        {
            parts.Add(new("absmax", (nint)weight.Absmax, weight.Blocks, ScalarType.Float32));
        }
        return parts;
    }
}
