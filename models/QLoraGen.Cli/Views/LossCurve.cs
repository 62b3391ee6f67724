using System.Text;

namespace QLoraGen.Cli.Views;

/// <summary>A curve in braille: a character is two columns and four rows of dots, so that 60 by 8 characters show 120 by 32 points.</summary>
internal static class LossCurve
{
    private const int Across = 2, Down = 4, FirstBraille = 0x2800;

    // Bits of the dots of a character, by column and row from the top (Unicode 16, chapter 21.1).
    private static readonly int[,] dots = { { 0x01, 0x02, 0x04, 0x40 }, { 0x08, 0x10, 0x20, 0x80 } };

    /// <summary>Draws values from left to right.</summary>
    /// <param name="values">Where there are more than fit, those that share a column are averaged.</param>
    /// <param name="width">Characters.</param>
    /// <param name="height">Lines.</param>
    public static IReadOnlyList<string> Draw(IReadOnlyList<double> values, int width, int height)
    {
        double[] columns = Columns(values, width * Across);
        (double low, double high) = columns.Length == 0 ? (0, 1) : (columns.Min(), columns.Max());
        int[,] cells = new int[height, width];
        int? before = null;
        for (int x = 0; x < columns.Length; x++)
        {
            int y = high > low ? (int)Math.Round((high - columns[x]) / (high - low) * ((height * Down) - 1)) : (height * Down) - 1;
            // Filled up to the height of the column before it, so that the curve hangs together.
            int from = before is { } last ? Math.Min(y, last + Math.Sign(y - last)) : y, to = before is { } other ? Math.Max(y, other + Math.Sign(y - other)) : y;
            for (int dot = from; dot <= to; dot++)
            {
                cells[dot / Down, x / Across] |= dots[x % Across, dot % Down];
            }
            before = y;
        }
        return [.. Enumerable.Range(0, height).Select(row =>
        {
            var line = new StringBuilder(width);
            for (int column = 0; column < width; column++)
            {
                line.Append((char)(FirstBraille + cells[row, column]));
            }
            return line.ToString();
        })];
    }

    private static double[] Columns(IReadOnlyList<double> values, int most)
    {
        int count = Math.Min(values.Count, most);
        return [.. Enumerable.Range(0, count).Select(column =>
        {
            int from = (int)((long)column * values.Count / count), to = (int)((column + 1L) * values.Count / count);
            return Enumerable.Range(from, to - from).Average(i => values[i]);
        })];
    }
}
