namespace QLoraGen.Checkpoints;

/// <summary>Shapes of tensors as messages show them.</summary>
internal static class Shapes
{
    /// <summary>A shape the way Python prints it: <c>[8, 12]</c>.</summary>
    public static string Shown(ReadOnlySpan<long> shape) => $"[{string.Join(", ", shape.ToArray())}]";
}
