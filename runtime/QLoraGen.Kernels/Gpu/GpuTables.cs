using System.Runtime.InteropServices;

namespace QLoraGen.Kernels.Gpu;

/// <summary>The constants that the kernels read from the device's memory, in one piece: 128 bytes a type and part, then the map.</summary>
internal static class GpuTables
{
    private const int Part = 128;

    /// <summary>Offset of 256 fp32.</summary>
    public const int DynamicMap = 6 * Part;

    /// <summary>Bytes in all.</summary>
    public const int Length = DynamicMap + 1024;

    /// <summary>Offset of 16 fp32.</summary>
    public static int Codebook(QuantType type) => ((int)type - 1) * 2 * Part;

    /// <summary>Offset of 16 fp32 thresholds and 16 codes.</summary>
    public static int Encoder(QuantType type) => Codebook(type) + Part;

    /// <summary>The whole.</summary>
    public static byte[] Bytes()
    {
        byte[] bytes = new byte[Length];
        foreach (QuantType type in (QuantType[])[QuantType.NF4, QuantType.FP4, QuantType.INT4])
        {
            MemoryMarshal.AsBytes(Kernels.Codebook.Values(type)).CopyTo(bytes.AsSpan(Codebook(type)));
        }
        MemoryMarshal.AsBytes<float>(EncoderTables.NF4Midpoints).CopyTo(bytes.AsSpan(Encoder(QuantType.NF4)));
        MemoryMarshal.AsBytes(EncoderTables.FP4Midpoints).CopyTo(bytes.AsSpan(Encoder(QuantType.FP4)));
        EncoderTables.FP4Codes.CopyTo(bytes.AsSpan(Encoder(QuantType.FP4) + 16 * sizeof(float)));
        MemoryMarshal.AsBytes(Kernels.DynamicMap.Values).CopyTo(bytes.AsSpan(DynamicMap));
        return bytes;
    }
}
