using QLoraGen.Generators.Models;

namespace QLoraGen.Generators.Writing;

/// <summary>The quant-state layout of a bound model: every offset a constant, or a constant of its element in a list.</summary>
internal static class LayoutWriter
{
    private const string Indices = "ijklmn";

    public static void Write(IndentedWriter writer, BoundModel model)
    {
        writer.Line("/// <summary>Where every frozen tensor lies in the region, in the format and data type that are declared.</summary>");
        writer.Block("protected override void LayDeclared(QuantStateLayout layout)", () => WriteAll(writer, model.Nodes, "", 0));
    }

    // The base is what offsets are counted from: nothing, or the variable of the element.
    private static void WriteAll(IndentedWriter writer, IEnumerable<BoundNode> nodes, string origin, int depth)
    {
        foreach (BoundNode node in nodes)
        {
            if (node.Count is { } count)
            {
                char i = Indices[depth % Indices.Length];
                string element = depth == 0 ? "start" : $"start{depth}";
                writer.Block($"for (int {i} = 0; {i} < {CSharp.Literal(count)}; {i}++)", () =>
                {
                    writer.Line($"long {element} = {At(origin, node.Start)} + ({i} * {CSharp.Literal(node.Stride)}L);");
                    WriteAll(writer, node.Children, element, depth + 1);
                });
            }
            else
            {
                foreach (BoundTensor tensor in node.Tensors)
                {
                    foreach (string line in Place(node, tensor, origin, depth))
                    {
                        writer.Line(line);
                    }
                }
                WriteAll(writer, node.Children, origin, depth);
            }
        }
    }

    private static IEnumerable<string> Place(BoundNode layer, BoundTensor tensor, string origin, int depth)
    {
        string path = $"{(depth == 0 ? "" : "$")}\"{Numbered($"{layer.Path}.{tensor.Key}", "{", "}")}\"";
        string place = $"{path}, {Numbered(layer.Access, "", "")}.{CSharp.Identifier(tensor.Name)}";
        QuantSlot slot = tensor.Slot;
        string shape = $"   // [{string.Join(", ", tensor.Shape)}]";
        return !tensor.IsQuantized
            ? [$"layout.Dense({place}, {At(origin, slot.Codes)}, end: {At(origin, slot.End)});{shape}"]
            :
            [
                $"layout.Quantized({place},{shape}",
                $"    codes: {At(origin, slot.Codes)}, absmax: {At(origin, slot.Absmax)}, nestedAbsmax: {At(origin, slot.NestedAbsmax)}, "
                    + $"nestedOffset: {At(origin, slot.NestedOffset)}, end: {At(origin, slot.End)});",
            ];
    }

    private static string At(string origin, long offset) => origin.Length == 0 ? CSharp.Literal(offset)
        : offset == 0 ? origin : $"{origin} + {CSharp.Literal(offset)}";

    // Each * in turn is the index of its list.
    private static string Numbered(string path, string open, string close)
    {
        for (int depth = 0, star; (star = path.IndexOf('*')) >= 0; depth++)
        {
            path = $"{path.Substring(0, star)}{open}{Indices[depth % Indices.Length]}{close}{path.Substring(star + 1)}";
        }
        return path;
    }
}
