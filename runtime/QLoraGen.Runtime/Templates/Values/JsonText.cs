using System.Globalization;
using System.Text;

namespace QLoraGen.Templates;

/// <summary>Values as JSON, as Python's `json.dumps` writes them.</summary>
/// <param name="indent">What each level is indented by, or null for one line.</param>
/// <param name="separators">What stands between items, and between a key and its value.</param>
/// <param name="ascii">Whether other characters are escaped.</param>
/// <param name="sorted">Whether keys are sorted.</param>
internal sealed class JsonText(string? indent, (string Item, string Key) separators, bool ascii, bool sorted)
{
    private readonly StringBuilder text = new();

    public string Write(object? value)
    {
        text.Clear();
        Append(value, 0);
        return text.ToString();
    }

    private void Append(object? value, int depth)
    {
        TemplateRun.RequireStack();
        switch (value)
        {
            case null:
                text.Append("null");
                break;
            case bool truth:
                text.Append(truth ? "true" : "false");
                break;
            case long number:
                text.Append(number.ToString(CultureInfo.InvariantCulture));
                break;
            case double number:
                text.Append(Float(number));
                break;
            case string written:
                AppendQuoted(written);
                break;
            case TemplateList list:
                AppendAll('[', ']', list.Items, depth, item => Append(item, depth + 1));
                break;
            case TemplateDict dict:
                List<(string Key, object? Value)> entries = [.. dict.Entries.Select(entry => (Key(entry.Key), entry.Value))];
                if (sorted)
                {
                    entries.Sort(static (a, b) => Value.Compare(a.Key, b.Key));
                }
                AppendAll('{', '}', entries, depth, entry =>
                {
                    AppendQuoted(entry.Key);
                    text.Append(separators.Key);
                    Append(entry.Value, depth + 1);
                });
                break;
            case Undefined undefined:
                throw undefined.Error();
            default:
                throw new TemplateFault($"a {Value.TypeName(value)} cannot be written as JSON");
        }
        if (text.Length > TemplateRun.MostLength)
        {
            throw new TemplateFault($"JSON of more than {TemplateRun.MostLength} characters is too long");
        }
    }

    private void AppendAll<T>(char open, char close, IReadOnlyList<T> items, int depth, Action<T> append)
    {
        text.Append(open);
        for (int i = 0; i < items.Count; i++)
        {
            text.Append(i > 0 ? separators.Item : "");
            NewLine(depth + 1);
            append(items[i]);
        }
        if (items.Count > 0)
        {
            NewLine(depth);
        }
        text.Append(close);
    }

    private void NewLine(int depth)
    {
        if (indent is not null)
        {
            text.Append('\n').Insert(text.Length, indent, depth);
        }
    }

    private void AppendQuoted(string written)
    {
        text.Append('"');
        foreach (char c in written)
        {
            int known = "\"\\\n\r\t\b\f".IndexOf(c, StringComparison.Ordinal);
            if (known >= 0)
            {
                text.Append('\\').Append("\"\\nrtbf"[known]);
            }
            else if (c < ' ' || (ascii && c > '~'))
            {
                text.Append(CultureInfo.InvariantCulture, $@"\u{(int)c:x4}");
            }
            else
            {
                text.Append(c);
            }
        }
        text.Append('"');
    }

    private static string Key(object? key) => key switch
    {
        string name => name,
        null => "null",
        bool truth => truth ? "true" : "false",
        double number => Float(number),
        _ => Printing.Text(key),
    };

    private static string Float(double number) => double.IsNaN(number) ? "NaN"
        : double.IsInfinity(number) ? number > 0 ? "Infinity" : "-Infinity" : Printing.Float(number);
}
