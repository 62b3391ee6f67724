using System.Globalization;
using QLoraGen.Cli.Evaluations;
using Spectre.Console;

namespace QLoraGen.Cli.Views;

/// <summary>What was measured of several models, side by side.</summary>
internal static class FiguresView
{
    private const int Room = 120;

    public static void Show(Output output, IReadOnlyList<(string Name, Figures Figures)> models)
    {
        output.MakeRoom(Room);
        var table = new Table().AddColumn("");
        foreach ((string name, _) in models)
        {
            table.AddColumn(new TableColumn(new Text(name)).RightAligned());
        }
        bool compares = models.Count == 2;
        if (compares)
        {
            table.AddColumn(new TableColumn("difference").RightAligned());
        }
        foreach ((int row, Figure figure) in models[0].Figures.Shown.Index())
        {
            Figure[] values = [.. models.Select(model => model.Figures.Shown[row])];
            string[] cells = [.. values.Select(static value => Write(value.Value, value.Format)), .. compares ? [Difference(values)] : Array.Empty<string>()];
            table.AddRow([new Text(figure.Name), .. cells.Select(static cell => new Text(cell))]);
        }
        output.Console.Write(table);
    }

    private static string Difference(Figure[] values)
    {
        double difference = values[1].Value - values[0].Value;
        return difference == 0 ? "" : $"{(difference > 0 ? "+" : "")}{Write(difference, values[0].Format)}";
    }

    private static string Write(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
