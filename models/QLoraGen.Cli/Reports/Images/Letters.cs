namespace QLoraGen.Cli.Reports.Images;

/// <summary>The few letters that a chart needs, 5 dots wide, drawn at twice their size.</summary>
internal static class Letters
{
    /// <summary>Pixels from the top of a digit to its foot.</summary>
    public const int DigitHeight = 7 * Scale;

    /// <summary>Pixels from one letter to the next.</summary>
    public const int Advance = (Width + 1) * Scale;

    private const int Width = 5, Scale = 2;
    private const string Digits = "0123456789.,-", Small = "adeghilmnoprstu";

    private static readonly string[] digits =
    [
        ".###....#....###...###.....#..#####...##..#####..###...###...................",
        "#...#..##...#...#.#...#...##..#......#........#.#...#.#...#..................",
        "#...#...#.......#.....#..#.#..####..#........#..#...#.#...#..................",
        "#...#...#.....##....##..#..#......#.####....#....###...####..................",
        "#...#...#....#........#.#####.....#.#...#...#...#...#.....#.............#####",
        "#...#...#...#.....#...#....#..#...#.#...#...#...#...#....#....##....##.......",
        ".###...###..#####..###.....#...###...###....#....###...##.....##....##.......",
        ".....................................................................#.......",
        "....................................................................#........",
    ];

    private static readonly string[] small =
    [
        "..........#.............#.......#....##........................................#.........",
        "..........#.............#.............#........................................#.........",
        ".###...##.#..###...####.#.##...##.....#...##.#..#.##...###..####..#.##...###..###...#...#",
        "....#.#..##.#...#.#...#.##..#...#.....#...#.#.#.##..#.#...#.#...#.##..#.#......#....#...#",
        ".####.#...#.#####.#...#.#...#...#.....#...#.#.#.#...#.#...#.#...#.#......###...#....#...#",
        "#...#.#...#.#.....#...#.#...#...#.....#...#.#.#.#...#.#...#.#...#.#.........#..#..#.#..##",
        ".####..####..###...####.#...#..###...###..#.#.#.#...#..###..####..#.....####....##...##.#",
        "......................#.....................................#............................",
        "...................###......................................#............................",
    ];

    /// <summary>The pixels of a text, from the upper left of its first digit; a character that is not here is a gap.</summary>
    public static IEnumerable<(int Across, int Down)> Dots(string text)
    {
        foreach ((int place, char letter) in text.Index())
        {
            string[] sheet = Digits.Contains(letter) ? digits : small;
            int left = (Digits.Contains(letter) ? Digits : Small).IndexOf(letter) * (Width + 1);
            for (int dot = 0; left >= 0 && dot < Width * sheet.Length; dot++)
            {
                (int row, int column) = Math.DivRem(dot, Width);
                for (int pixel = 0; sheet[row][left + column] == '#' && pixel < Scale * Scale; pixel++)
                {
                    yield return ((place * Advance) + (column * Scale) + (pixel % Scale), (row * Scale) + (pixel / Scale));
                }
            }
        }
    }
}
