using System.Text.Json;

namespace QLoraGen.Cli.Tests.Tool;

/// <summary>What <c>inspect --json</c> gives, and what it draws beside it.</summary>
internal sealed class Inspected
{
    public Inspected(Outcome outcome)
    {
        Totals = outcome.Json;
        Layers = [.. Totals.GetProperty("layers").EnumerateArray().Select(static layer => layer.Deserialize<InspectedLayer>(JsonSerializerOptions.Web)!)];
        // People read stderr where stdout is the result's. How a line is padded at its end is nobody's concern.
        Drawn = Trimmed(outcome.Err);
    }

    public JsonElement Totals { get; }

    public InspectedLayer[] Layers { get; }

    public string Drawn { get; }

    public InspectedLayer this[string path] => Assert.Single(Layers, layer => layer.Path == path);

    public long Total(string name) => Totals.GetProperty(name).GetInt64();

    public static string Trimmed(string text) => string.Join('\n', text.Split('\n').Select(static line => line.TrimEnd()));
}

/// <summary>A layer of the result.</summary>
internal sealed record InspectedLayer(
    string Path, string Kind, long[] Shape, string Dtype, long Bytes, bool Trained, int? R, double? Alpha, long Trainable, string? Reason,
    InspectedTensor[] Tensors);

/// <summary>A tensor of a layer.</summary>
internal sealed record InspectedTensor(string Key, long[] Shape, string Dtype, long Bytes);
