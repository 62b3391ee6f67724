using System.Numerics;

namespace QLoraGen.Kernels;

/// <summary>The two inner loops of a matrix product over decoded rows, in the machine's vectors.</summary>
internal static unsafe class VectorMath
{
    /// <summary>The sum of a[i] * b[i].</summary>
    public static float Dot(float* a, float* b, int count)
    {
        int lanes = Vector<float>.Count, i = 0;
        Vector<float> sum0 = default, sum1 = default;
        for (; i <= count - 2 * lanes; i += 2 * lanes)
        {
            sum0 = Vector.FusedMultiplyAdd(Vector.Load(a + i), Vector.Load(b + i), sum0);
            sum1 = Vector.FusedMultiplyAdd(Vector.Load(a + i + lanes), Vector.Load(b + i + lanes), sum1);
        }
        float sum = Vector.Sum(sum0 + sum1);
        for (; i < count; i++)
        {
            sum += a[i] * b[i];
        }
        return sum;
    }

    /// <summary>Adds scale * a[i] to each to[i].</summary>
    public static void AddScaled(float* a, float scale, float* to, int count)
    {
        int i = 0;
        for (var factor = new Vector<float>(scale); i <= count - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector.FusedMultiplyAdd(Vector.Load(a + i), factor, Vector.Load(to + i)).Store(to + i);
        }
        for (; i < count; i++)
        {
            to[i] += scale * a[i];
        }
    }
}
