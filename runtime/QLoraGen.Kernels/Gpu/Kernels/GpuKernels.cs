using System.Reflection;

namespace QLoraGen.Kernels.Gpu;

/// <summary>All kernels, by what they are launched for.</summary>
internal static class GpuKernels
{
    /// <summary>bf16 of all values, any shape.</summary>
    public static KernelSource PlainDequantize { get; } = Plain("plain-dequantize", typeof(PlainKernels), nameof(PlainKernels.Dequantize));

    /// <summary>bf16 of a whole number of 8 values.</summary>
    public static KernelSource Dequantize { get; } =
        new("dequantize", typeof(DequantizeKernel).GetMethod(nameof(DequantizeKernel.Run))!, DequantizeKernel.Threads, 8);

    /// <summary>y = x W^T, any shape.</summary>
    public static KernelSource PlainMultiply { get; } = Plain("plain-multiply", typeof(PlainKernels), nameof(PlainKernels.Multiply));

    /// <summary>gx = gy W, any shape.</summary>
    public static KernelSource PlainMultiplyTransposed { get; } =
        Plain("plain-multiply-transposed", typeof(PlainKernels), nameof(PlainKernels.MultiplyTransposed));

    /// <summary>Codes and absmax of fp32 values.</summary>
    public static KernelSource QuantizeFloat { get; } =
        Plain("quantize-fp32", typeof(QuantizeKernels), nameof(QuantizeKernels.Run), typeof(float), typeof(FloatReader));

    /// <summary>Codes and absmax of bf16 values.</summary>
    public static KernelSource QuantizeBFloat16 { get; } =
        Plain("quantize-bf16", typeof(QuantizeKernels), nameof(QuantizeKernels.Run), typeof(ushort), typeof(BFloat16Reader));

    /// <summary>The sum over the layers of a tile kernel's grid.</summary>
    public static KernelSource Sum { get; } = Plain("sum", typeof(SumKernel), nameof(SumKernel.Run));

    /// <summary>y = x W^T for 1, 2 and up to 4 rows of x.</summary>
    public static IReadOnlyList<TileSource> Gemv { get; } = [Vector<OneToken>(8), Vector<TwoTokens>(6), Vector<FourTokens>(4)];

    /// <summary>y = x W^T by tiles of 16, 32, 64 and 128 rows.</summary>
    public static IReadOnlyList<TileSource> Forward { get; } =
        [Tile<Forward16>(3), Tile<Forward32>(3), Tile<Forward64>(2), Tile<Forward128>(2)];

    /// <summary>gx = gy W by tiles of 16, 32, 64 and 128 rows.</summary>
    public static IReadOnlyList<TileSource> Backward { get; } =
        [Tile<Backward16>(3), Tile<Backward32>(3), Tile<Backward64>(2), Tile<Backward128>(2)];

    /// <summary>Every kernel.</summary>
    public static IEnumerable<KernelSource> All =>
    [
        Dequantize, PlainDequantize, PlainMultiply, PlainMultiplyTransposed, QuantizeFloat, QuantizeBFloat16, Sum,
        .. Gemv.Concat(Forward).Concat(Backward).Select(tile => tile.Kernel),
    ];

    private static KernelSource Plain(string name, Type type, string method, params Type[] arguments)
    {
        MethodInfo found = type.GetMethod(method)!;
        return new(name, arguments.Length == 0 ? found : found.MakeGenericMethod(arguments), PlainKernels.Threads, 1);
    }

    private static TileSource Vector<TTokens>(int groupsPerSM) where TTokens : struct, ITokens
    {
        MethodInfo method = typeof(GemvKernel).GetMethod(nameof(GemvKernel.Multiply))!.MakeGenericMethod(typeof(TTokens));
        int tokens = default(TTokens).Count;
        return new(tokens, new($"gemv-{tokens}", method, GemvKernel.Threads, groupsPerSM));
    }

    private static TileSource Tile<TTile>(int groupsPerSM) where TTile : struct, ITile
    {
        TTile tile = default;
        MethodInfo method = typeof(TileKernel).GetMethod(nameof(TileKernel.Run))!.MakeGenericMethod(typeof(TTile));
        string name = $"tile-{(tile.Transposed != 0 ? "backward" : "forward")}-{TileShape.Rows(tile)}";
        return new(TileShape.Rows(tile), new(name, method, TileShape.Threads, groupsPerSM, TileShape.SharedBytes(tile)));
    }
}

/// <summary>A kernel and the rows of x that one group takes.</summary>
internal sealed record TileSource(int Rows, KernelSource Kernel);
