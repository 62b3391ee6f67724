using QLoraGen.Generators.Models;
using QLoraGen.Generators.Sizes;
using QLoraGen.Json;

namespace QLoraGen.Generators.Binding;

/// <summary>
/// Puts numbers to a model: folds every size with a config.json and lays the region out, by the arithmetic that the runtime
/// uses.
/// </summary>
internal sealed class Binder
{
    private readonly IScope scope;
    private readonly QuantFormat? format;
    private readonly TensorDType dtype;

    private Binder(IScope scope, QuantFormat? format, TensorDType dtype) => (this.scope, this.format, this.dtype) = (scope, format, dtype);

    /// <returns>Null where a size is not known or not possible; naming it is the analyzers' work.</returns>
    public static BoundModel? Bind(RootModel root, JsonNode file)
    {
        ModelTree tree = root.Tree;
        var config = new ConfigScope(tree.Config, ConfigFileValues.Of(file));
        string? dtypeName = (file["dtype"]?.Value ?? file["torch_dtype"]?.Value) as string;
        if (TensorDTypes.FromConfig(dtypeName) is not { } dtype || FormatOf(root.Quantized) is not { } format)
        {
            return null;
        }
        try
        {
            var binder = new Binder(tree.ScopeOf(config), format.Value, dtype);
            List<BoundNode> nodes = [];
            long end = 0;
            foreach (TreeNode member in tree.Members)
            {
                end = binder.Bind(member, end, [], nodes);
            }
            return new BoundModel(EquatableArray<BoundNode>.From(nodes), dtype, format.Value, PlanOf(nodes, end, root.Lora));
        }
        catch (Exception e) when (e is UnknownSize or OverflowException)
        {
            return null;
        }
    }

    // Lays a member from a byte on, adds it where it is there at all, and gives the first byte behind it.
    private long Bind(TreeNode node, long start, long[] counts, List<BoundNode> into)
    {
        MemberModel member = node.Member;
        if (member.Creation?.Condition is { } condition && !Known<bool>(condition))
        {
            return start;
        }
        if (member.Kind == MemberKind.Layer)
        {
            List<BoundTensor> tensors = [];
            long end = start;
            foreach (TensorModel tensor in member.Tensors.Where(tensor => tensor.Presence is null || Known<bool>(tensor.Presence)))
            {
                tensors.Add(Bind(member, tensor, end));
                end = tensors[tensors.Count - 1].Slot.End;
            }
            into.Add(Node(node, start, null, 0, counts, [], tensors));
            return end;
        }
        long? count = member.Creation?.Count is { } size ? Known<long>(size) : null;
        List<BoundNode> children = [];
        long length = count is null ? start : 0;   // an element's places are counted from its own start
        foreach (TreeNode child in node.Children)
        {
            length = Bind(child, length, count is { } repeated ? [.. counts, repeated] : counts, children);
        }
        into.Add(Node(node, start, count, length, counts, children, []));
        return count is { } elements ? checked(start + (elements * length)) : length;
    }

    private BoundTensor Bind(MemberModel member, TensorModel tensor, long start)
    {
        long[] shape = [.. tensor.Shape.Select(Known<long>)];
        if (shape.Length == 0 || shape.Any(static size => size < 1))
        {
            throw new UnknownSize();
        }
        bool quantized = tensor.Quantizable && !member.FullPrecision && format is not null;
        long values = shape.Aggregate(1L, static (product, size) => checked(product * size));
        return new BoundTensor(tensor.Name, tensor.Key, EquatableArray<long>.From(shape), quantized,
            quantized ? QuantSlot.At(start, values, format!.Value) : QuantSlot.Dense(start, values, dtype));
    }

    private BoundNode Node(
        TreeNode node, long start, long? count, long stride, long[] counts, IEnumerable<BoundNode> children, IEnumerable<BoundTensor> tensors) => new(
        node.Path, node.Access, node.Member.Type, start, count, stride, EquatableArray<long>.From(counts),
        EquatableArray<BoundNode>.From(children), EquatableArray<BoundTensor>.From(tensors),
        node.Member.Kind == MemberKind.Module ? null : new TargetLayer(
            node.Path, node.Member.IsLinear, node.Member.FullPrecision,
            node.Argument("inFeatures").FoldSize(scope), node.Argument("outFeatures").FoldSize(scope)));

    private T Known<T>(Expression expression) where T : struct => expression.Fold(scope) is T value ? value : throw new UnknownSize();

    private static MemoryPlan PlanOf(IEnumerable<BoundNode> nodes, long end, LoraModel? lora)
    {
        BoundNode[] layers = [.. nodes.SelectMany(static node => node.Layers)];
        (BoundNode Layer, BoundTensor Tensor)[] tensors = [.. layers.SelectMany(static layer => layer.Tensors.Select(tensor => (layer, tensor)))];
        return new MemoryPlan
        {
            Parameters = tensors.Sum(static t => checked(t.Layer.Repeats * t.Tensor.Values)),
            QuantizedParameters = tensors.Where(static t => t.Tensor.IsQuantized).Sum(static t => checked(t.Layer.Repeats * t.Tensor.Values)),
            QuantizedBytes = tensors.Where(static t => t.Tensor.IsQuantized).Sum(static t => checked(t.Layer.Repeats * t.Tensor.Slot.Length)),
            FrozenBytes = end,
            TrainableParameters = Coverage.Of(layers, lora).Sum(static layer => layer.Values),
        };
    }

    // Null where the attribute asks for what there is not; else the format, which may be none.
    private static (bool, QuantFormat? Value)? FormatOf(QuantizedModel? quantized)
    {
        if (quantized is null or { Type: "None" })
        {
            return (true, null);
        }
        try
        {
            return Enum.TryParse(quantized.Type, out QuantType type)
                ? (true, new QuantFormat(type, quantized.BlockSize, quantized.DoubleQuant).Validate())
                : null;
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    private sealed class UnknownSize : Exception;
}
