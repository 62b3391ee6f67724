using ILGPU;

namespace QLoraGen.Kernels.Gpu;

/// <summary>bfloat16 as its bits, since ILGPU has no such type.</summary>
internal static class BFloat16
{
    /// <summary>Exact.</summary>
    public static float ToFloat(ushort bits) => Interop.IntAsFloat((uint)bits << 16);

    /// <summary>The nearest, ties to even; any NaN becomes 0x7FC0, as in torch.</summary>
    public static ushort FromFloat(float value)
    {
        uint bits = Interop.FloatAsInt(value);
        uint rounded = (bits + 0x7FFF + ((bits >> 16) & 1)) >> 16;
        return (ushort)((bits & 0x7FFFFFFF) > 0x7F800000 ? 0x7FC0 : rounded);
    }
}
