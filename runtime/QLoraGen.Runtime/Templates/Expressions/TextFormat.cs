using System.Globalization;
using System.Text;

namespace QLoraGen.Templates;

/// <summary>`'%s' % values`, with %s, %r, %d, %i, %f and %%; widths and flags are not supported.</summary>
internal static class TextFormat
{
    public static string Apply(string format, object? values)
    {
        Queue<object?> left = new(values is TemplateList { IsTuple: true } tuple ? tuple.Items : [values]);
        StringBuilder text = new();
        for (int i = 0; i < format.Length; i++)
        {
            if (format[i] != '%')
            {
                text.Append(format[i]);
                continue;
            }
            char kind = ++i < format.Length ? format[i] : ' ';
            text.Append(kind == '%' ? "%" : Write(kind, left));
        }
        return left.Count == 0 || values is TemplateDict ? text.ToString() : throw new TemplateFault("'%' got more values than the text has places for");
    }

    private static string Write(char kind, Queue<object?> left)
    {
        object? value = left.Count > 0 ? left.Dequeue() : throw new TemplateFault("'%' got fewer values than the text has places for");
        return kind switch
        {
            's' => Printing.Text(value),
            'r' => Printing.Repr(value),
            'd' or 'i' when Number.Of(value) is { } number => (number.IsReal ? (long)number.Real : number.Whole).ToString(CultureInfo.InvariantCulture),
            'f' when Number.Of(value) is { } number => number.Real.ToString("F6", CultureInfo.InvariantCulture),
            _ => throw new TemplateFault($"'%{kind}' is not supported on a {Value.TypeName(value)}"),
        };
    }
}
