using System.Numerics;
using System.Runtime.Intrinsics;

namespace QLoraGen.Kernels;

/// <summary>
/// Encodes one full block with the machine's vectors. Each step is the scalar one on every lane, so the bits are the same:
/// the absmax as the largest magnitude in integer order, which puts NaN above infinity, and the code as a count of
/// comparisons.
/// </summary>
internal static unsafe class VectorBlockEncoder
{
    /// <summary>Writes count / 2 bytes of codes and gives the block's absmax; <paramref name="count"/> is a multiple of 32.</summary>
    public static float Encode(float* from, int count, QuantType type, byte* codes)
    {
        float absmax = Absmax(from, count);
        float reciprocal = 1f / (absmax < Quantizer.SmallestAbsmax ? Quantizer.SmallestAbsmax : absmax);
        int* ranks = stackalloc int[32];
        for (int at = 0; at < count; at += 32)
        {
            for (int i = 0; i < 32; i += Vector<float>.Count)
            {
                Vector<float> v = Vector.Load(from + at + i) * new Vector<float>(reciprocal);
                Vector.Store(type switch { QuantType.NF4 => NF4(v), QuantType.FP4 => FP4(v), _ => INT4(v) }, ranks + i);
            }
            if (type == QuantType.FP4)
            {
                for (int i = 0; i < 32; i++)
                {
                    ranks[i] = EncoderTables.FP4Codes[ranks[i]];
                }
            }
            Pack((ulong*)ranks).Store(codes + at / 2);
        }
        return absmax;
    }

    // 16 pairs of codes to 16 bytes; the narrowing keeps the low half of each lane.
    private static Vector128<byte> Pack(ulong* pairs)
    {
        Vector128<ushort> first = Vector128.Narrow(Two(pairs), Two(pairs + 4)), second = Vector128.Narrow(Two(pairs + 8), Two(pairs + 12));
        return Vector128.Narrow(first, second);

        static Vector128<uint> Two(ulong* pairs) => Vector128.Narrow(Bytes(pairs), Bytes(pairs + 2));

        // The first code of a pair is the low half of its lane, and goes to the high nibble.
        static Vector128<ulong> Bytes(ulong* pairs)
        {
            Vector128<ulong> pair = Vector128.Load(pairs);
            return (pair << 4) | (pair >> 32);
        }
    }

    private static float Absmax(float* from, int count)
    {
        var magnitude = new Vector<int>(int.MaxValue);
        Vector<int> largest = Vector<int>.Zero;
        for (int i = 0; i < count; i += Vector<float>.Count)
        {
            largest = Vector.Max(largest, Vector.Load((int*)from + i) & magnitude);
        }
        int* lanes = stackalloc int[Vector<int>.Count];
        Vector.Store(largest, lanes);
        int max = 0;
        for (int lane = 0; lane < Vector<int>.Count; lane++)
        {
            max = Math.Max(max, lanes[lane]);
        }
        return BitConverter.Int32BitsToSingle(max);
    }

    // A comparison that holds is -1 in every lane.
    private static Vector<int> NF4(Vector<float> v)
    {
        var code = new Vector<int>(15);
        foreach (float midpoint in EncoderTables.NF4Midpoints)
        {
            code += Vector.LessThanOrEqual(v, new Vector<float>(midpoint));
        }
        return code;
    }

    private static Vector<int> FP4(Vector<float> v)
    {
        Vector<int> rank = Vector.LessThan(v, Vector<float>.Zero) & new Vector<int>(8);
        Vector<float> magnitude = Vector.Abs(v);
        foreach (float midpoint in EncoderTables.FP4Midpoints)
        {
            rank -= Vector.GreaterThan(magnitude, new Vector<float>(midpoint));
        }
        return rank;
    }

    // NaN is code 7 here as in the scalar version, whose conversion takes it to 0.
    private static Vector<int> INT4(Vector<float> v)
    {
        Vector<float> steps = Vector.Round(Vector.Min(Vector.Max(v, -Vector<float>.One), Vector<float>.One) * 7f);
        return Vector.ConvertToInt32(Vector.ConditionalSelect(Vector.Equals(v, v), steps, Vector<float>.Zero)) + new Vector<int>(7);
    }
}
