namespace QLoraGen.Generators.Models;

/// <summary>A model whose every size is a number.</summary>
/// <param name="Nodes">The tree, in the order of the region.</param>
/// <param name="DType">Data type of what is not quantized.</param>
/// <param name="Format">The 4-bit format, or null.</param>
/// <param name="Plan">The bytes.</param>
internal sealed record BoundModel(EquatableArray<BoundNode> Nodes, TensorDType DType, QuantFormat? Format, MemoryPlan Plan)
{
    public IEnumerable<BoundNode> Layers => Nodes.SelectMany(static node => node.Layers);
}

/// <summary>A layer, a module, or a list of modules at its place in the region.</summary>
/// <param name="Path">As in the model tree.</param>
/// <param name="Access">As in the model tree.</param>
/// <param name="Type">The class of the layer, of the module, or of the list's elements.</param>
/// <param name="Start">Its first byte; inside a list, from the start of the element.</param>
/// <param name="Count">How many elements a list has; null for anything else.</param>
/// <param name="Stride">Bytes of one element of a list.</param>
/// <param name="Counts">Of the lists that it lies in, the outermost first.</param>
/// <param name="Children">What it holds.</param>
/// <param name="Tensors">A layer's tensors.</param>
/// <param name="Target">What adapter rules see of it; null for a module.</param>
internal sealed record BoundNode(
    string Path, string Access, string Type, long Start, long? Count, long Stride, EquatableArray<long> Counts,
    EquatableArray<BoundNode> Children, EquatableArray<BoundTensor> Tensors, TargetLayer? Target)
{
    /// <summary>How often it is there in the whole model.</summary>
    public long Repeats => Counts.Aggregate(1L, static (product, count) => checked(product * count));

    public IEnumerable<BoundNode> Layers => Target is not null ? [this] : Children.SelectMany(static child => child.Layers);
}

/// <summary>One frozen tensor at its place.</summary>
/// <param name="Name">The layer's property.</param>
/// <param name="Key">Its key below the layer's.</param>
/// <param name="Shape">Its dimensions.</param>
/// <param name="IsQuantized">Whether it lies there in 4 bits.</param>
/// <param name="Slot">Its parts; inside a list, from the start of the element.</param>
internal sealed record BoundTensor(string Name, string Key, EquatableArray<long> Shape, bool IsQuantized, QuantSlot Slot)
{
    public long Values => Shape.Aggregate(1L, static (product, size) => checked(product * size));
}
