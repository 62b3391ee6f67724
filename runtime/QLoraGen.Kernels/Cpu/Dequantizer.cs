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
            case SimdLevel.Avx512: Run<Avx512Decoder>(w, start, to, count); break;
            case SimdLevel.Avx2: Run<Avx2Decoder>(w, start, to, count); break;
            case SimdLevel.Portable: Run<PortableDecoder>(w, start, to, count); break;
            default: Run<ScalarDecoder>(w, start, to, count); break;
        }
    }

    /// <summary>Decodes on the calling thread, unchecked.</summary>
    internal static void Run(in QuantizedWeight w, long start, ushort* to, int count, SimdLevel level)
    {
        switch (level)
        {
            case SimdLevel.Avx512: Run<Avx512Decoder>(w, start, to, count); break;
            case SimdLevel.Avx2: Run<Avx2Decoder>(w, start, to, count); break;
            case SimdLevel.Portable: Run<PortableDecoder>(w, start, to, count); break;
            default: Run<ScalarDecoder>(w, start, to, count); break;
        }
    }

    private static void Run<TDecoder>(in QuantizedWeight w, long start, float* to, int count) where TDecoder : IBlockDecoder
    {
        float* codebook = Codebook.Pointer(w.Format.Type);
        for (long at = start, end = start + count; at < end;)
        {
            int run = RunLength(w, at, end);
            float absmax = w.AbsmaxOf(at / w.Format.BlockSize);
            if ((at & 1) != 0)
            {
                ScalarDecoder.Decode(w.Codes, at, 1, codebook, absmax, to);
                TDecoder.Decode(w.Codes, at + 1, run - 1, codebook, absmax, to + 1);
            }
            else
            {
                TDecoder.Decode(w.Codes, at, run, codebook, absmax, to);
            }
            at += run;
            to += run;
        }
    }

    private static void Run<TDecoder>(in QuantizedWeight w, long start, ushort* to, int count) where TDecoder : IBlockDecoder
    {
        float* codebook = Codebook.Pointer(w.Format.Type);
        for (long at = start, end = start + count; at < end;)
        {
            int run = RunLength(w, at, end);
            float absmax = w.AbsmaxOf(at / w.Format.BlockSize);
            if ((at & 1) != 0)
            {
                ScalarDecoder.Decode(w.Codes, at, 1, codebook, absmax, to);
                TDecoder.Decode(w.Codes, at + 1, run - 1, codebook, absmax, to + 1);
            }
            else
            {
                TDecoder.Decode(w.Codes, at, run, codebook, absmax, to);
            }
            at += run;
            to += run;
        }
    }

    // Values from `at` to the end of its block or of the run; the block size is a power of two.
    private static int RunLength(in QuantizedWeight w, long at, long end) =>
        (int)Math.Min(end - at, w.Format.BlockSize - (at & (w.Format.BlockSize - 1)));

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
