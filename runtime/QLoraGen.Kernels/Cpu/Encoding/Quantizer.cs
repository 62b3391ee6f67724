using System.Runtime.InteropServices;

namespace QLoraGen.Kernels;

/// <summary>
/// Quantizes a weight to 4 bits as bitsandbytes does, bit for bit: per block the absmax, then v = x * (1 / absmax), then
/// the code of the codebook's nearest value. A partial last block divides by its absmax instead.
/// </summary>
public static unsafe class Quantizer
{
    // bitsandbytes keeps the reciprocal finite with this floor; a partial block also stores it.
    internal const float SmallestAbsmax = 1e-38f;

    private const int ChunkSize = 1 << 16;

    /// <summary>Quantizes a whole weight into its slot.</summary>
    /// <param name="weight">The flattened weight, row by row: rows * cols fp32 values. A NaN makes its whole block NaN.</param>
    /// <param name="destination">Where the codes, the absmax and, with double quantization, the nested state go.</param>
    /// <exception cref="ArgumentException">The weight's length is not the destination's count.</exception>
    public static void Quantize(ReadOnlySpan<float> weight, in QuantizedWeight destination) =>
        Quantize(weight, destination, Simd.Best);

    /// <summary>Quantizes on the level asked for.</summary>
    internal static void Quantize(ReadOnlySpan<float> weight, in QuantizedWeight destination, SimdLevel level)
    {
        if (weight.Length != destination.Count)
        {
            throw new ArgumentException(
                $"The weight has {weight.Length} values, the destination [{destination.Rows}, {destination.Cols}] takes " +
                $"{destination.Count}: pass the whole flattened weight.", nameof(weight));
        }
        if (!destination.Format.DoubleQuant)
        {
            QuantizeBlocks(weight, destination, destination.Absmax, level);
            return;
        }
        long blocks = destination.Blocks;
        float* absmax = (float*)NativeMemory.Alloc(checked((nuint)blocks), sizeof(float));
        try
        {
            QuantizeBlocks(weight, destination, absmax, level);
            *destination.NestedOffset = DoubleQuantizer.Mean(new(absmax, checked((int)blocks)));
            DoubleQuantizer.Quantize(absmax, destination);
        }
        finally
        {
            NativeMemory.Free(absmax);
        }
    }

    private static void QuantizeBlocks(ReadOnlySpan<float> weight, in QuantizedWeight destination, float* absmax, SimdLevel level)
    {
        int chunks = (int)((destination.Count + ChunkSize - 1) / ChunkSize);
        fixed (float* from = weight)
        {
            KernelThreads.For(chunks, new Body(from, destination, absmax, level));
        }
    }

    // A chunk is whole blocks: both sizes are powers of two.
    private readonly struct Body(float* from, QuantizedWeight destination, float* absmax, SimdLevel level) : IChunkBody
    {
        public void Run(int chunk)
        {
            int blockSize = destination.Format.BlockSize;
            long end = Math.Min((chunk + 1L) * ChunkSize, destination.Count);
            for (long at = (long)chunk * ChunkSize; at < end; at += blockSize)
            {
                int count = (int)Math.Min(blockSize, end - at);
                QuantType type = destination.Format.Type;
                byte* codes = destination.Codes + at / 2;
                absmax[at / blockSize] = (count == blockSize ? level : SimdLevel.Scalar) switch
                {
                    SimdLevel.Scalar => ScalarBlockEncoder.Encode(from + at, count, count < blockSize, type, codes),
                    SimdLevel.Avx512 => Avx512BlockEncoder.Encode(from + at, count, type, codes),
                    _ => VectorBlockEncoder.Encode(from + at, count, type, codes),
                };
            }
        }
    }
}
