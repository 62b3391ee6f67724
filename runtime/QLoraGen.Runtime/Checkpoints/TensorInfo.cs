using System.Collections.Immutable;

namespace QLoraGen.Checkpoints;

/// <summary>One tensor as a safetensors header describes it.</summary>
/// <param name="Name">The checkpoint's key, for example <c>model.norm.weight</c>.</param>
/// <param name="DType">The type of its elements.</param>
/// <param name="Shape">Its sizes, outermost first; empty for a scalar.</param>
/// <param name="Offset">Its first byte, counted from the first byte after the header (<c>data_offsets[0]</c>).</param>
/// <param name="Length">Its length in bytes: the product of its sizes times the size of an element.</param>
public sealed record TensorInfo(string Name, TensorDType DType, ImmutableArray<long> Shape, long Offset, long Length)
{
    /// <summary>The number of its elements.</summary>
    public long Count => Length / DType.SizeInBytes();
}
