using System.Text.Json.Nodes;

namespace QLoraGen.Cli.Inspection;

/// <summary>Layers for programs, each on its own; shape and dtype are the weight's, bytes are those of all its tensors.</summary>
internal static class InspectedJson
{
    public static JsonArray Of(IEnumerable<InspectedLayer> layers) => [.. layers.Select(Of)];

    private static JsonNode Of(InspectedLayer layer) => new JsonObject
    {
        ["path"] = layer.Path,
        ["kind"] = layer.Kind,
        ["shape"] = Shape(layer.Tensors[0]),
        ["dtype"] = StoredAs.Full(layer.Tensors[0]),
        ["bytes"] = layer.Bytes,
        ["trained"] = layer.Adapter is not null,
        ["adapter"] = layer.Adapter?.Kind,
        ["r"] = layer.Adapter?.R,
        ["alpha"] = layer.Adapter?.Alpha,
        ["trainable"] = layer.Trainable,
        ["reason"] = layer.Reason,
        ["tensors"] = new JsonArray([.. layer.Tensors.Select(Of)]),
    };

    private static JsonNode Of(LayoutEntry tensor) => new JsonObject
    {
        ["key"] = tensor.Name, ["shape"] = Shape(tensor), ["dtype"] = StoredAs.Full(tensor), ["bytes"] = tensor.Slot.Length,
    };

    private static JsonArray Shape(LayoutEntry tensor) => [.. tensor.Tensor.Shape.ToArray().Select(static size => (JsonNode)size)];
}
