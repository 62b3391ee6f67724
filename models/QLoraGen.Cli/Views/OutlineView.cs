using System.Text;
using QLoraGen.Cli.Inspection;
using Spectre.Console;

namespace QLoraGen.Cli.Views;

/// <summary>A model as a tree of aligned columns; what does not train is dim.</summary>
internal sealed class OutlineView
{
    private const int Gap = 2;
    private static readonly bool[] IsNumber = [false, false, true, true, true, true];
    private readonly int[] widths = new int[IsNumber.Length];
    private int labelWidth, reasonWidth;

    private OutlineView(OutlineRow root) => Measure(root, 0);

    // Where a reason stands, it stands in the place of the columns about adapters.
    private int Width => labelWidth + Math.Max(WidthOf(widths), WidthOf([.. widths[..OutlineRow.Stored], reasonWidth]));

    public static void Show(Output output, string modelType, Outline model)
    {
        OutlineRow root = OutlineRow.Header(modelType, model);
        var view = new OutlineView(root);
        output.MakeRoom(view.Width);
        Tree tree = new(view.Line(root, 0)) { Guide = NarrowGuide.Instance };
        view.Add(tree, root, 1);
        output.Console.Write(tree);
    }

    private static int WidthOf(int[] columns) => columns.Sum() + (Gap * columns.Length);

    private void Measure(OutlineRow row, int depth)
    {
        labelWidth = Math.Max(labelWidth, (depth * NarrowGuide.Width) + row.Label.Length);
        reasonWidth = Math.Max(reasonWidth, row.Reason?.Length ?? 0);
        foreach ((int i, string cell) in row.Cells.Index())
        {
            widths[i] = Math.Max(widths[i], cell.Length);
        }
        foreach (OutlineRow below in row.Below)
        {
            Measure(below, depth + 1);
        }
    }

    private void Add(IHasTreeNodes parent, OutlineRow row, int depth)
    {
        foreach (OutlineRow below in row.Below)
        {
            Add(parent.AddNode(Line(below, depth)), below, depth + 1);
        }
    }

    private Text Line(OutlineRow row, int depth)
    {
        var line = new StringBuilder(row.Label.PadRight(labelWidth - (depth * NarrowGuide.Width)));
        foreach ((int i, string cell) in row.Cells.Index())
        {
            line.Append(' ', Gap).Append(IsNumber[i] ? cell.PadLeft(widths[i]) : cell.PadRight(widths[i]));
        }
        if (row.Reason is not null)
        {
            line.Append(' ', Gap).Append(row.Reason);
        }
        return new Text(line.ToString().TrimEnd(), row.Reason is null ? Style.Plain : new Style(decoration: Decoration.Dim));
    }
}
