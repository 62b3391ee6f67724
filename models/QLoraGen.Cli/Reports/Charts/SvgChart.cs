namespace QLoraGen.Cli.Reports.Charts;

/// <summary>Curves as inline SVG; the page's style gives the colors.</summary>
/// <param name="Title">What stands above it, and what is read aloud.</param>
/// <param name="Curves">Those that have no point are left out.</param>
/// <param name="Width">In the units of the page's text.</param>
/// <param name="Height">Likewise.</param>
internal sealed record SvgChart(string Title, IEnumerable<Curve> Curves, int Width, int Height)
{
    private const int Left = 58, Right = 14, Top = 10, Bottom = 28, TicksAcross = 6, TicksUp = 5;

    public Html Draw()
    {
        Curve[] drawn = [.. Curves.Where(static curve => curve.Points.Count > 0).Select(static curve => curve.Reduced())];
        if (drawn.Length == 0)
        {
            return $"""<figure><figcaption>{Title}</figcaption><p class="quiet">Nothing was logged.</p></figure>""";
        }
        Axis x = Axis.Of(drawn.SelectMany(static curve => curve.Points).Select(static spot => spot.X), TicksAcross);
        Axis y = Axis.Of(drawn.SelectMany(static curve => curve.Points).Select(static spot => spot.Y), TicksUp);
        return $"""
            <figure><figcaption>{Title}</figcaption>
            <svg viewBox="0 0 {Width} {Height}" role="img" aria-label="{Title}">
            {y.Ticks.Select(tick => Level(y, tick))}{x.Ticks.Select(tick => Column(x, tick))}
            {drawn.Select(curve => Line(curve, x, y))}
            </svg>
            {(drawn.Length > 1 ? Legend(drawn) : Html.Empty)}</figure>
            """;
    }

    private Html Level(Axis y, double tick) => $"""
        <line class="grid" x1="{Left}" x2="{Width - Right}" y1="{Down(y, tick):F1}" y2="{Down(y, tick):F1}"/>
        <text x="{Left - 8}" y="{Down(y, tick) + 4:F1}" text-anchor="end">{y.Label(tick)}</text>
        """;

    private Html Column(Axis x, double tick) => $"""
        <text x="{Across(x, tick):F1}" y="{Height - 8}" text-anchor="middle">{x.Label(tick)}</text>
        """;

    private Html Line(Curve curve, Axis x, Axis y)
    {
        Html line = $"""
            <polyline class="{Class(curve)}" points="{curve.Points.Select<Spot, Html>(spot => $"{Across(x, spot.X):F1},{Down(y, spot.Y):F1} ")}"/>
            """;
        // A point alone is no line.
        return curve.Look != CurveLook.Dots && curve.Points.Count > 1 ? line
            : $"{line}{curve.Points.Select<Spot, Html>(spot => $"""
                <circle class="{Class(curve)}" cx="{Across(x, spot.X):F1}" cy="{Down(y, spot.Y):F1}" r="3.5"><title>step {spot.X:N0}: {spot.Y:G5}</title></circle>
                """)}";
    }

    private static Html Legend(IEnumerable<Curve> curves) => $"""
        <ul class="legend">{curves.Select<Curve, Html>(curve => $"""<li><i class="{Class(curve)}"></i>{curve.Name}</li>""")}</ul>
        """;

    private static string Class(Curve curve) => curve.Look.ToString().ToLowerInvariant();

    private double Across(Axis axis, double value) => Left + (axis.At(value) * (Width - Left - Right));

    private double Down(Axis axis, double value) => Height - Bottom - (axis.At(value) * (Height - Top - Bottom));
}
