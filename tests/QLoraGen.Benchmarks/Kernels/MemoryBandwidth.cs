using System.Numerics;
using QLoraGen.Kernels;

namespace QLoraGen.Benchmarks.Kernels;

/// <summary>What the memory gives to a loop that does nothing else, on the kernels' own threads.</summary>
internal static unsafe class MemoryBandwidth
{
    private const int ChunkSize = 1 << 18;

    /// <summary>Reads the bytes once.</summary>
    public static void Read(byte* from, long length)
    {
        long sum = 0;
        KernelThreads.For(Chunks(length), new Reading(from, length, &sum));
        GC.KeepAlive(sum);
    }

    /// <summary>Writes the bytes once.</summary>
    public static void Write(byte* to, long length) => KernelThreads.For(Chunks(length), new Writing(to, length));

    private static int Chunks(long length) => (int)((length + ChunkSize - 1) / ChunkSize);

    private readonly struct Reading(byte* from, long length, long* sum) : IChunkBody
    {
        public void Run(int chunk)
        {
            byte* at = from + (long)chunk * ChunkSize, end = from + Math.Min(length, (chunk + 1L) * ChunkSize);
            int step = Vector<byte>.Count;
            Vector<long> a = default, b = default, c = default, d = default;
            for (; at <= end - 4 * step; at += 4 * step)
            {
                a ^= Vector.Load((long*)at);
                b ^= Vector.Load((long*)(at + step));
                c ^= Vector.Load((long*)(at + 2 * step));
                d ^= Vector.Load((long*)(at + 3 * step));
            }
            Interlocked.Add(ref *sum, Vector.Sum(a ^ b ^ c ^ d));
        }
    }

    private readonly struct Writing(byte* to, long length) : IChunkBody
    {
        public void Run(int chunk)
        {
            long first = (long)chunk * ChunkSize;
            new Span<byte>(to + first, (int)Math.Min(ChunkSize, length - first)).Fill((byte)chunk);
        }
    }
}
