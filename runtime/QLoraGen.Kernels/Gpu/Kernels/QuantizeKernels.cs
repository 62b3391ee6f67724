using ILGPU;

namespace QLoraGen.Kernels.Gpu;

/// <summary>
/// Quantizes to codes and fp32 absmax, one thread a block, to the same bits as <see cref="Quantizer"/>. Weights are
/// quantized once, so this is plain C#; the second quantization, of one absmax in 64 values, stays on the CPU.
/// </summary>
internal static class QuantizeKernels
{
    // Adding and taking away 1.5 * 2^23 rounds to the nearest integer, ties to even.
    private const float Rounding = 12582912f;

    /// <summary>Quantizes one block a thread.</summary>
    /// <param name="from">The flattened weight.</param>
    /// <param name="codes">(count + 1) / 2 bytes.</param>
    /// <param name="absmax">One a block.</param>
    /// <param name="thresholds">16 for the type: NF4 15 midpoints, FP4 7 midpoints of magnitudes, ascending.</param>
    /// <param name="fp4Codes">16 codes by rank and sign.</param>
    /// <param name="type">1 NF4, 2 FP4, 3 INT4, as in <see cref="QuantType"/>.</param>
    /// <param name="blockSize">Values that share an absmax.</param>
    /// <param name="count">All values.</param>
    public static void Run<T, TReader>(
        ArrayView<T> from, ArrayView<byte> codes, ArrayView<float> absmax, ArrayView<float> thresholds, ArrayView<byte> fp4Codes,
        int type, int blockSize, long count) where T : unmanaged where TReader : struct, IValueReader<T>
    {
        long block = ((long)Grid.IdxX * Group.DimX) + Group.IdxX, first = block * blockSize;
        if (first >= count)
        {
            return;
        }
        int length = count - first < blockSize ? (int)(count - first) : blockSize;
        float largest = 0;
        for (int i = 0; i < length; i++)
        {
            largest = Larger(largest, default(TReader).Read(from[first + i]));
        }
        bool partial = length < blockSize;
        float divisor = largest < Quantizer.SmallestAbsmax ? Quantizer.SmallestAbsmax : largest;
        for (int i = 0; i < length; i += 2)
        {
            int high = Code(Scaled(default(TReader).Read(from[first + i]), divisor, partial ? 1 : 0), type, thresholds, fp4Codes);
            int low = i + 1 == length ? (type == (int)QuantType.FP4 ? 0 : 7)
                : Code(Scaled(default(TReader).Read(from[first + i + 1]), divisor, partial ? 1 : 0), type, thresholds, fp4Codes);
            codes[(first + i) >> 1] = (byte)((high << 4) | low);
        }
        absmax[block] = partial ? divisor : largest;
    }

    // NaN wins, as in MathF.Max.
    private static float Larger(float largest, float value)
    {
        float magnitude = value < 0 ? -value : value;
        return largest >= magnitude || float.IsNaN(largest) ? largest : magnitude;
    }

    private static float Scaled(float value, float divisor, int partial) => partial != 0 ? value / divisor : value * (1f / divisor);

    private static int Code(float v, int type, ArrayView<float> thresholds, ArrayView<byte> fp4Codes)
    {
        if (type == (int)QuantType.INT4)
        {
            float clamped = v < -1f ? -1f : v > 1f ? 1f : v;
            float scaled = clamped * 7f;
            return (int)((scaled + Rounding) - Rounding) + 7;
        }
        int rank = 0;
        if (type == (int)QuantType.NF4)
        {
            for (int i = 0; i < 15; i++)
            {
                rank += v <= thresholds[i] ? 0 : 1;   // a tie goes to the lower code, NaN to 15
            }
            return rank;
        }
        float magnitude = v < 0 ? -v : v;
        for (int i = 0; i < 7; i++)
        {
            rank += magnitude > thresholds[i] ? 1 : 0;   // a tie goes to the smaller magnitude, NaN to 0
        }
        return fp4Codes[rank + (v < 0 ? 8 : 0)];
    }
}

/// <summary>How a kernel reads its values, so that one source serves both types.</summary>
internal interface IValueReader<T>
{
    /// <summary>The value in fp32, exact.</summary>
    float Read(T value);
}

/// <summary>fp32 as it is.</summary>
internal readonly struct FloatReader : IValueReader<float>
{
    public float Read(float value) => value;
}

/// <summary>bfloat16 by its bits.</summary>
internal readonly struct BFloat16Reader : IValueReader<ushort>
{
    public float Read(ushort value) => BFloat16.ToFloat(value);
}
