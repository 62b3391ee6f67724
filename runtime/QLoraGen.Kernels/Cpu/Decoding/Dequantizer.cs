using System.Runtime.Intrinsics;

namespace QLoraGen.Kernels;

/// <summary>Recovers the values of a quantized weight, bit for bit as bitsandbytes does: codebook[code] * absmax in fp32.</summary>
public static unsafe class Dequantizer
{
    // Smaller runs are decoded faster than a second thread wakes.
    private const int ChunkSize = 1 << 18;

    /// <summary>Decodes values <paramref name="start"/>, start + 1, ... of the flattened weight to fp32.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The run does not lie within the weight.</exception>
    public static void Dequantize(in QuantizedWeight w, long start, Span<float> destination) =>
        Dequantize(w, start, destination, Simd.Best);

    /// <summary>Decodes values <paramref name="start"/>, start + 1, ... to bfloat16 bits: fp32 first, then to nearest even.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The run does not lie within the weight.</exception>
    public static void Dequantize(in QuantizedWeight w, long start, Span<ushort> destination) =>
        Dequantize(w, start, destination, Simd.Best);

    /// <summary>Decodes on the level asked for.</summary>
    internal static void Dequantize(in QuantizedWeight w, long start, Span<float> destination, SimdLevel level)
    {
        CheckRun(w, start, destination.Length);
        fixed (float* to = destination)
        {
            KernelThreads.For(Chunks(destination.Length), new ToFloat(w, start, to, destination.Length, level));
        }
    }

    /// <summary>Decodes on the level asked for.</summary>
    internal static void Dequantize(in QuantizedWeight w, long start, Span<ushort> destination, SimdLevel level)
    {
        CheckRun(w, start, destination.Length);
        fixed (ushort* to = destination)
        {
            KernelThreads.For(Chunks(destination.Length), new ToBFloat16(w, start, to, destination.Length, level));
        }
    }

    /// <summary>Decodes on the calling thread, unchecked.</summary>
    internal static void Run(in QuantizedWeight w, long start, float* to, int count, SimdLevel level)
    {
        switch (level)
        {
            case SimdLevel.Avx512: Decoder<Lanes512, Vector512<float>, Vector512<float>>.Run(w, start, to, count); break;
            case SimdLevel.Avx2: Decoder<Lanes256, Vector256<float>, Book256>.Run(w, start, to, count); break;
            case SimdLevel.Portable: Decoder<Lanes128, Vector128<float>, Book128>.Run(w, start, to, count); break;
            default: ScalarDecoder.Run(w, start, to, count); break;
        }
    }

    /// <summary>Decodes on the calling thread, unchecked.</summary>
    internal static void Run(in QuantizedWeight w, long start, ushort* to, int count, SimdLevel level)
    {
        switch (level)
        {
            case SimdLevel.Avx512: Decoder<Lanes512, Vector512<float>, Vector512<float>>.Run(w, start, to, count); break;
            case SimdLevel.Avx2: Decoder<Lanes256, Vector256<float>, Book256>.Run(w, start, to, count); break;
            case SimdLevel.Portable: Decoder<Lanes128, Vector128<float>, Book128>.Run(w, start, to, count); break;
            default: ScalarDecoder.Run(w, start, to, count); break;
        }
    }

    private static int Chunks(int count) => (int)(((long)count + ChunkSize - 1) / ChunkSize);

    private static void CheckRun(in QuantizedWeight w, long start, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start, w.Count - count);
    }

    private readonly struct ToFloat(QuantizedWeight w, long start, float* to, int count, SimdLevel level) : IChunkBody
    {
        public void Run(int chunk)
        {
            int first = chunk * ChunkSize;
            Dequantizer.Run(w, start + first, to + first, Math.Min(ChunkSize, count - first), level);
        }
    }

    private readonly struct ToBFloat16(QuantizedWeight w, long start, ushort* to, int count, SimdLevel level) : IChunkBody
    {
        public void Run(int chunk)
        {
            int first = chunk * ChunkSize;
            Dequantizer.Run(w, start + first, to + first, Math.Min(ChunkSize, count - first), level);
        }
    }
}
