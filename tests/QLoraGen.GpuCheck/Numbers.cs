namespace QLoraGen.GpuCheck;

/// <summary>Random numbers and bfloat16.</summary>
internal static class Numbers
{
    /// <summary>Normally distributed values.</summary>
    public static float[] Normal(long count, Random random, float scale)
    {
        float[] values = new float[count];
        for (int i = 0; i < values.Length; i++)
        {
            double radius = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble()));
            values[i] = (float)(radius * Math.Cos(2 * Math.PI * random.NextDouble()) * scale);
        }
        return values;
    }

    /// <summary>Normally distributed bfloat16 values, by their bits.</summary>
    public static ushort[] Halves(long count, Random random, float scale) => [.. Normal(count, random, scale).Select(FromFloat)];

    /// <summary>Exact.</summary>
    public static float ToFloat(ushort bits) => BitConverter.UInt32BitsToSingle((uint)bits << 16);

    /// <summary>To nearest even; no NaN.</summary>
    public static ushort FromFloat(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        return (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
    }
}
