namespace QLoraGen.Cli.Inspection;

/// <summary>How a tensor lies in the region, in words.</summary>
internal static class StoredAs
{
    /// <summary>As Python prints it: <c>[4096, 1024]</c>.</summary>
    public static string Shape(LayoutEntry tensor) => $"[{string.Join(", ", tensor.Tensor.Shape.ToArray())}]";

    /// <summary><c>NF4+DQ, block 64</c>, or <c>bf16</c>.</summary>
    public static string Full(LayoutEntry tensor) => tensor.Format is { } format ? Full(format) : Short(tensor);

    /// <summary>The formats of all quantized weights, of which a checkpoint can have several; the one asked for where nothing is quantized.</summary>
    public static string Full(IEnumerable<InspectedLayer> layers, QuantFormat asked) => string.Join(" and ", layers
        .SelectMany(static layer => layer.Tensors).Select(static tensor => tensor.Format).OfType<QuantFormat>().DefaultIfEmpty(asked).Distinct().Select(Full));

    private static string Full(QuantFormat format) => $"{Short(format)}, block {format.BlockSize}";

    /// <summary><c>NF4+DQ</c>, or <c>bf16</c>.</summary>
    public static string Short(LayoutEntry tensor) => tensor.Format is { } format ? Short(format) : Short(tensor.DType);

    /// <summary><c>bf16</c>.</summary>
    public static string Short(TensorDType dtype) => dtype.FormatName().ToLowerInvariant();

    private static string Short(QuantFormat format) => $"{format.Type}{(format.DoubleQuant ? "+DQ" : "")}";
}
