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
    public static BoundModel? Bind(RootModel root, JsonNode file) => Bind(root, file, out _);

    /// <param name="root">The model.</param>
    /// <param name="file">Its config.json.</param>
    /// <param name="why">What is not known, for people; null where everything is, and where a policy is at fault.</param>
    public static BoundModel? Bind(RootModel root, JsonNode file, out string? why)
    {
        why = null;
        ModelTree tree = root.Tree;
        var config = new ConfigScope(tree.Config, ConfigFileValues.Of(file));
        string? dtypeName = (file["dtype"]?.Value ?? file["torch_dtype"]?.Value) as string;
        if (FormatOf(root.Quantized) is not { } format)
        {
            return null;
        }
        if (TensorDTypes.FromConfig(dtypeName) is not { } dtype)
        {
            why = $"its dtype is {Shown.Quoted(dtypeName!)}, where float32, float16 and bfloat16 can be laid out";
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
        catch (UnknownSize e)
        {
            why = e.Message;
            return null;
        }
        catch (OverflowException)
        {
            why = "its sizes are too large to be added up";
            return null;
        }
    }

    // Lays a member from a byte on, adds it where it is there at all, and gives the first byte behind it.
    private long Bind(TreeNode node, long start, long[] counts, List<BoundNode> into)
    {
        MemberModel member = node.Member;
        if (member.Creation?.Condition is { } condition && !Known<bool>(condition, node))
        {
            return start;
        }
        if (member.Kind == MemberKind.Layer)
        {
            List<BoundTensor> tensors = [];
            long end = start;
            foreach (TensorModel tensor in member.Tensors.Where(tensor => tensor.Presence is null || Known<bool>(tensor.Presence, node)))
            {
                tensors.Add(Bind(node, tensor, end));
                end = tensors[tensors.Count - 1].Slot.End;
            }
            into.Add(Node(node, start, null, 0, counts, [], tensors));
            return end;
        }
        long? count = member.Creation?.Count is { } size ? Known<long>(size, node) : null;
        List<BoundNode> children = [];
        long length = count is null ? start : 0;   // an element's places are counted from its own start
        foreach (TreeNode child in node.Children)
        {
            length = Bind(child, length, count is { } repeated ? [.. counts, repeated] : counts, children);
        }
        into.Add(Node(node, start, count, length, counts, children, []));
        return count is { } elements ? checked(start + (elements * length)) : length;
    }

    private BoundTensor Bind(TreeNode node, TensorModel tensor, long start)
    {
        if (tensor.Shape.Count == 0)
        {
            throw new UnknownSize($"what makes {Shown.Quoted(node.Path)} cannot be read");
        }
        long[] shape = [.. tensor.Shape.Select(size => Known<long>(size, node))];
        if (shape.Any(static size => size < 1))
        {
            throw new UnknownSize($"{Shown.Quoted(node.Path)} has the sizes [{string.Join(", ", shape)}]");
        }
        bool quantized = tensor.Quantizable && !node.Member.FullPrecision && format is not null;
        long values = shape.Aggregate(1L, static (product, size) => checked(product * size));
        return new BoundTensor(tensor.Name, tensor.Key, EquatableArray<long>.From(shape), quantized,
            quantized ? QuantSlot.At(start, values, format!.Value) : QuantSlot.Dense(start, values, dtype));
    }

    private BoundNode Node(
        TreeNode node, long start, long? count, long stride, long[] counts, IEnumerable<BoundNode> children, IEnumerable<BoundTensor> tensors) => new(
        node.Path, node.Access, node.Member.Type, start, count, stride, EquatableArray<long>.From(counts),
        EquatableArray<BoundNode>.From(children), EquatableArray<BoundTensor>.From(tensors),
        node.Member.Kind == MemberKind.Module ? null : node.AsTarget(scope));

    private T Known<T>(Expression expression, TreeNode node) where T : struct => expression.Fold(scope) is T value
        ? value
        : throw new UnknownSize($"the value of {Shown.Quoted(expression.ToString())}, which {Shown.Quoted(node.Path)} is made with, is not known");

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

    private sealed class UnknownSize(string message) : Exception(message);
}
