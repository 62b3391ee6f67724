using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace QLoraGen.Cli.Reports;

/// <summary>
/// A piece of HTML or SVG, made by <c>Html piece = $"..."</c>. Whatever is interpolated is escaped, for text and attributes in double quotes
/// alike, unless it is such a piece itself: what comes from data cannot become markup.
/// </summary>
[InterpolatedStringHandler]
internal sealed class Html(int literalLength, int formattedCount)
{
    private const int UsualLength = 12;
    private readonly StringBuilder text = new(literalLength + (UsualLength * formattedCount));

    public static Html Empty { get; } = $"";

    public void AppendLiteral(string markup) => text.Append(markup);

    public void AppendFormatted<T>(T value, string? format = null)
    {
        switch (value)
        {
            case Html piece:
                text.Append(piece.text);
                break;
            case IEnumerable<Html> pieces:
                foreach (Html piece in pieces)
                {
                    text.Append(piece.text);
                }
                break;
            default:
                Escape(value is IFormattable number ? number.ToString(format, CultureInfo.InvariantCulture) : value?.ToString() ?? "");
                break;
        }
    }

    public override string ToString() => text.ToString();

    private void Escape(string plain)
    {
        foreach (char c in plain)
        {
            _ = c switch
            {
                '&' => text.Append("&amp;"),
                '<' => text.Append("&lt;"),
                '>' => text.Append("&gt;"),
                '"' => text.Append("&quot;"),
                '\'' => text.Append("&#39;"),
                '\t' or '\n' => text.Append(c),
                _ when char.IsControl(c) => text.Append('\uFFFD'),   // HTML has no way to write most of them
                _ => text.Append(c),
            };
        }
    }
}
