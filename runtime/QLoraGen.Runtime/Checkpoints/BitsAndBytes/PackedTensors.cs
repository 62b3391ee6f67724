using QLoraGen.Kernels;

namespace QLoraGen.Checkpoints;

/// <summary>The tensors that bitsandbytes serializes a 4-bit weight as.</summary>
/// <param name="name">The weight's key.</param>
/// <param name="format">How it is quantized: NF4 or FP4.</param>
/// <param name="rows">Its first size.</param>
/// <param name="cols">Its second.</param>
internal sealed class PackedTensors(string name, QuantFormat format, long rows, long cols)
{
    /// <summary>The most bytes of a quant state's JSON: 7 fields, of which the longest are three whole numbers and a fraction.</summary>
    public const int LongestState = 512;

    private readonly QuantSlot slot = QuantSlot.At(0, rows * cols, format);

    /// <summary>The key of its quant state, whose length the mean absmax decides.</summary>
    public string StateKey => PackedWeight.StateKey(name, format.Type);

    /// <summary>All others, with the lengths that they will have.</summary>
    public IEnumerable<TensorToWrite> Known
    {
        get
        {
            yield return Of("", TensorDType.U8, slot.CodesLength, 1);
            yield return Of(".quant_map", TensorDType.F32, 16);
            if (format.DoubleQuant)
            {
                yield return Of(".absmax", TensorDType.U8, slot.AbsmaxLength);
                yield return Of(".nested_absmax", TensorDType.F32, slot.NestedAbsmaxLength / sizeof(float));
                yield return Of(".nested_quant_map", TensorDType.F32, DynamicMap.Length);
            }
            else
            {
                yield return Of(".absmax", TensorDType.F32, slot.AbsmaxLength / sizeof(float));
            }
        }
    }

    /// <summary>Writes them.</summary>
    /// <param name="file">The file that awaits them.</param>
    /// <param name="weight">The weight, quantized.</param>
    /// <param name="dtype">The type that it had in full precision.</param>
    public unsafe void Write(UnorderedSafetensors file, in QuantizedWeight weight, TensorDType dtype)
    {
        file.Write(name, weight.Codes, slot.CodesLength);
        fixed (float* codebook = Codebook.Values(format.Type))
        {
            file.Write($"{name}.quant_map", codebook, 16 * sizeof(float));
        }
        var state = new QuantStateJson(format.Type, format.BlockSize, dtype.ConfigName(), rows, cols);
        if (format.DoubleQuant)
        {
            file.Write($"{name}.absmax", weight.AbsmaxCodes, slot.AbsmaxLength);
            file.Write($"{name}.nested_absmax", weight.NestedAbsmax, slot.NestedAbsmaxLength);
            file.Write($"{name}.nested_quant_map", weight.NestedMap, DynamicMap.Length * sizeof(float));
            state = state with { NestedOffset = *weight.NestedOffset, NestedBlockSize = QuantFormat.NestedBlockSize };
        }
        else
        {
            file.Write($"{name}.absmax", weight.Absmax, slot.AbsmaxLength);
        }
        file.WriteLate(StateKey, state.Write());
    }

    private TensorToWrite Of(string part, TensorDType dtype, params ReadOnlySpan<long> shape) => new(name + part, dtype, shape, static _ => { });
}
