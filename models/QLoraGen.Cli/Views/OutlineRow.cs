using System.Globalization;
using QLoraGen.Cli.Inspection;

namespace QLoraGen.Cli.Views;

/// <summary>A line of the drawn model. A line's figures are the sum of those below it, each as often as it is there.</summary>
/// <param name="Label">What stands on the tree.</param>
/// <param name="Cells">Of the columns, from the left; what is missing is empty.</param>
/// <param name="Below">The lines below it.</param>
/// <param name="Reason">Why nothing trains, in the place of the columns about adapters; or null.</param>
internal sealed record OutlineRow(string Label, IReadOnlyList<string> Cells, IReadOnlyList<OutlineRow> Below, string? Reason = null)
{
    /// <summary>Columns about what is stored; those about adapters follow.</summary>
    public const int Stored = 3;

    // Of a layer with one tensor that is what everybody expects, its key says nothing.
    private const string UsualTensor = "weight";

    public static OutlineRow Header(string label, Outline model) => new(
        label, ["shape", "stored", "bytes", "r", "alpha", "trained"], [.. model.Runs.Select(Of)]);

    private static OutlineRow Of(OutlineRun run) => run.Each.Layer is { } layer ? Of(run.Label, layer) : new OutlineRow(
        run.Label,
        [run.Count > 1 ? "each" : "", "", Whole(run.Each.Bytes), "", "", run.Each.Trainable > 0 ? Whole(run.Each.Trainable) : ""],
        [.. run.Each.Runs.Select(Of)]);

    private static OutlineRow Of(string label, InspectedLayer layer)
    {
        string[] adapter = layer.Adapter is { } added
            ? [added.R is { } r ? $"{r}" : added.Kind, added.Alpha?.ToString(CultureInfo.InvariantCulture) ?? "", Whole(added.Values)] : [];
        string? reason = layer.Reason is null ? null : $"frozen: {layer.Reason}";
        return layer.Tensors is [{ } only]
            ? new OutlineRow(only.Tensor.Name == UsualTensor ? label : $"{label}.{only.Tensor.Name}", [.. CellsOf(only), .. adapter], [], reason)
            : new OutlineRow(label, ["", "", Whole(layer.Bytes), .. adapter],
                [.. layer.Tensors.Select(static tensor => new OutlineRow(tensor.Tensor.Name, CellsOf(tensor), []))], reason);
    }

    private static string[] CellsOf(LayoutEntry tensor) => [StoredAs.Shape(tensor), StoredAs.Short(tensor), Whole(tensor.Slot.Length)];

    private static string Whole(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
