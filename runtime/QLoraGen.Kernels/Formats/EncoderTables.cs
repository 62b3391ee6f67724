namespace QLoraGen.Kernels;

/// <summary>Where one code ends and the next begins.</summary>
internal static class EncoderTables
{
    /// <summary>NF4: the fp32 midpoints (c[i] + c[i + 1]) / 2 of the codebook.</summary>
    public static float[] NF4Midpoints { get; } = Midpoints(Codebook.Values(QuantType.NF4));

    /// <summary>FP4: the magnitudes between neighbours, as bitsandbytes' CUDA quantizer writes them.</summary>
    public static ReadOnlySpan<float> FP4Midpoints =>
        [0.00260417f, 0.0859375f, 0.20833333f, 0.29166667f, 0.4166667f, 0.583333f, 0.8333333f];

    /// <summary>FP4: the code by the rank of the magnitude, then the same with the sign.</summary>
    public static ReadOnlySpan<byte> FP4Codes => [0, 1, 6, 7, 4, 5, 2, 3, 8, 9, 14, 15, 12, 13, 10, 11];

    private static float[] Midpoints(ReadOnlySpan<float> values)
    {
        float[] midpoints = new float[values.Length - 1];
        for (int i = 0; i < midpoints.Length; i++)
        {
            midpoints[i] = (values[i] + values[i + 1]) / 2;
        }
        return midpoints;
    }
}
