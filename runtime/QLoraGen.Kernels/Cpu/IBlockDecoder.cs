namespace QLoraGen.Kernels;

/// <summary>
/// Decodes a run of values that share one absmax: value = codebook[code] * absmax, one fp32 multiply. Every
/// implementation gives the same bits.
/// </summary>
internal unsafe interface IBlockDecoder
{
    /// <summary>Decodes the values at, at + 1, ... of the packed codes; <paramref name="at"/> is even.</summary>
    static abstract void Decode(byte* codes, long at, int count, float* codebook, float absmax, float* to);

    /// <summary>The same, then rounded to bfloat16, to nearest even.</summary>
    static abstract void Decode(byte* codes, long at, int count, float* codebook, float absmax, ushort* to);
}
