using System.Runtime.Intrinsics;

namespace QLoraGen.Kernels;

/// <summary>128-bit vectors; the lookup is a table of the two values of every byte.</summary>
internal readonly unsafe struct PortableDecoder : IBlockDecoder
{
    public static void Decode(byte* codes, long at, int count, float* codebook, float absmax, float* to)
    {
        int i = 0;
        for (byte* p = codes + (at >> 1); i <= count - 4; i += 4, p += 2)
        {
            Four(p, codebook, absmax).Store(to + i);
        }
        ScalarDecoder.Decode(codes, at + i, count - i, codebook, absmax, to + i);
    }

    public static void Decode(byte* codes, long at, int count, float* codebook, float absmax, ushort* to)
    {
        int i = 0;
        for (byte* p = codes + (at >> 1); i <= count - 8; i += 8, p += 4)
        {
            Vector128.Narrow(Round(Four(p, codebook, absmax)), Round(Four(p + 2, codebook, absmax))).Store(to + i);
        }
        ScalarDecoder.Decode(codes, at + i, count - i, codebook, absmax, to + i);
    }

    private static Vector128<float> Four(byte* p, float* codebook, float absmax)
    {
        double* pairs = (double*)Codebook.Pairs(codebook);
        return Vector128.Create(pairs[p[0]], pairs[p[1]]).AsSingle() * absmax;
    }

    private static Vector128<uint> Round(Vector128<float> value)
    {
        Vector128<uint> bits = value.AsUInt32();
        Vector128<uint> even = (bits >> 16) & Vector128.Create(1u);
        Vector128<uint> rounded = (bits + Vector128.Create(0x7FFFu) + even) >> 16;
        return Vector128.ConditionalSelect(Vector128.Equals(value, value).AsUInt32(), rounded, Vector128.Create(0x7FC0u));
    }
}
