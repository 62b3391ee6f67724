using System.Globalization;
using QLoraGen.Cli.Inspection;
using Spectre.Console;

namespace QLoraGen.Cli.Views;

/// <summary>Which layers train and which do not, by what they get or why they get nothing.</summary>
internal static class CoverageView
{
    private const int Room = 100;

    public static void Show(Output output, IReadOnlyList<InspectedLayer> layers)
    {
        output.MakeRoom(Room);
        int trained = layers.Count(static layer => layer.Adapter is not null);
        Dictionary<string, int> all = new(layers.CountBy(NameOf));
        output.Line($"{trained:N0} of {layers.Count:N0} layers train:");
        var table = new Table().AddColumn(new TableColumn("layers").RightAligned()).AddColumn("")
            .AddColumn(new TableColumn("values trained").RightAligned()).AddColumn("which");
        foreach (IGrouping<string, InspectedLayer> group in layers
            .GroupBy(static layer => layer.Adapter is { } adapter ? Describe(adapter) : $"frozen: {layer.Reason}")
            .OrderBy(static group => group.First().Adapter is null))   // a stable sort: else in the model's order
        {
            table.AddRow(
                new Text($"{group.Count():N0}"), new Text(group.Key), new Text($"{group.Sum(static layer => layer.Trainable):N0}"),
                new Text(string.Join(", ", group.CountBy(NameOf).Select(name => Share(name.Key, name.Value, all[name.Key])))));
        }
        output.Console.Write(table);
    }

    private static string Share(string name, int count, int all) => count == all ? name : $"{name} ({count:N0} of {all:N0})";

    private static string NameOf(InspectedLayer layer) => layer.Path[(layer.Path.LastIndexOf('.') + 1)..];

    private static string Describe(InspectedAdapter adapter) => adapter.R is null ? $"{adapter.Kind} alone"
        : string.Create(CultureInfo.InvariantCulture, $"r = {adapter.R}, alpha = {adapter.Alpha}{(adapter.Kind == "LoRA" ? "" : $", {adapter.Kind}")}");
}
