using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace QLoraGen.Templates;

/// <summary>What a `|` makes of a value.</summary>
internal delegate object? Filter(TemplateRun run, object? value, CallValues call);

/// <summary>The filters on single values and texts, under Jinja's names; those on lists stand in <see cref="ListFilters"/>.</summary>
internal static partial class Filters
{
    private static readonly Dictionary<string, Filter> Known = new()
    {
        ["trim"] = static (_, value, call) => Python.Trim(Printing.Text(value), Bind("trim", call, "chars").OptionalText("chars")),
        ["upper"] = Text("upper", static text => text.ToUpperInvariant()),
        ["lower"] = Text("lower", static text => text.ToLowerInvariant()),
        ["capitalize"] = Text("capitalize", Python.Capitalize),
        ["title"] = Text("title", static text => string.Concat(WordStarts().Split(text).Select(Python.Capitalize))),
        ["string"] = Text("string", static text => text),
        ["safe"] = Text("safe", static text => text), // nothing is escaped here
        ["replace"] = static (run, value, call) =>
        {
            BoundArguments given = Bind("replace", call, "old", "new", "count");
            return TextMethods.Replace(run, Printing.Text(value), Printing.Text(given.Required("old")), Printing.Text(given.Required("new")), given.Number("count", -1));
        },
        ["default"] = Default,
        ["d"] = Default,
        ["int"] = static (_, value, call) => Whole(value, Bind("int", call, "default", "base")),
        ["float"] = static (_, value, call) => Real(value, Bind("float", call, "default")),
        ["abs"] = static (_, value, _) => Number.Of(value) is not { } number ? throw Refuse("abs", value)
            : number.IsReal ? Math.Abs(number.Real) : number.Whole < 0 ? Number.Calculate("-", new(0, 0, false), number) : number.Whole,
        ["indent"] = static (run, value, call) => Indent(run, Printing.Text(value), Bind("indent", call, "width", "first", "blank")),
        ["tojson"] = static (run, value, call) => Json(run, value, Bind("tojson", call, "ensure_ascii", "indent", "separators", "sort_keys")),
    };

    /// <summary>The filter of a name, or null.</summary>
    public static Filter? Find(string name) => Known.GetValueOrDefault(name) ?? ListFilters.Find(name);

    /// <summary>A filter's arguments.</summary>
    public static BoundArguments Bind(string name, CallValues call, params string[] parameters) => new($"the filter '{name}'", call, parameters);

    /// <summary>The error for a value that a filter cannot take.</summary>
    public static TemplateFault Refuse(string name, object? value) =>
        (value as Undefined)?.Error() ?? new TemplateFault($"the filter '{name}' does not work on a {Value.TypeName(value)}");

    private static Filter Text(string name, Func<string, string> change) => (_, value, call) =>
    {
        Bind(name, call);
        return change(Printing.Text(value));
    };

    private static object? Default(TemplateRun run, object? value, CallValues call)
    {
        BoundArguments given = Bind("default", call, "default_value", "boolean");
        return value is Undefined || (given.Truth("boolean", missing: false) && !Value.IsTrue(value)) ? given.Optional("default_value", "") : value;
    }

    private static object? Whole(object? value, BoundArguments given)
    {
        if (given.Number("base", 10) != 10)
        {
            throw new TemplateFault("the filter 'int' is supported for base 10 only");
        }
        object? missing = given.Optional("default", 0L);
        return value switch
        {
            Undefined undefined => throw undefined.Error(),
            string text when long.TryParse(Python.Trim(text), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long whole) => whole,
            string text => Parse(text) is { } real && Math.Abs(real) < long.MaxValue ? (long)real : missing,
            double real => double.IsFinite(real) && Math.Abs(real) < long.MaxValue ? (long)real : missing,
            _ => Number.Of(value) is { } number ? number.Whole : missing,
        };
    }

    private static object? Real(object? value, BoundArguments given) => value switch
    {
        Undefined undefined => throw undefined.Error(),
        string text => Parse(text) ?? given.Optional("default", 0.0),
        _ => Number.Of(value) is { } number ? number.Real : given.Optional("default", 0.0),
    };

    private static double? Parse(string text) =>
        double.TryParse(Python.Trim(text), NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? number : null;

    private static string Indent(TemplateRun run, string text, BoundArguments given)
    {
        string indent = given.Optional("width", 4L) is string own ? own : new string(' ', (int)Math.Clamp(given.Number("width", 4), 0, 1000));
        (bool first, bool blank) = (given.Truth("first", missing: false), given.Truth("blank", missing: false));
        List<string> lines = TextMethods.Lines(text + "\n");
        run.SpendLength(text.Length + ((long)indent.Length * lines.Count));
        StringBuilder indented = new();
        for (int i = 0; i < lines.Count; i++)
        {
            bool indents = i == 0 ? first : blank || lines[i].Length > 0;
            indented.Append(i > 0 ? "\n" : "").Append(indents ? indent : "").Append(lines[i]);
        }
        return indented.ToString();
    }

    private static string Json(TemplateRun run, object? value, BoundArguments given)
    {
        string? indent = given.Optional("indent") switch
        {
            null => null,
            string text => text,
            _ => new string(' ', (int)Math.Clamp(given.Number("indent", 0), 0, 100)),
        };
        (string, string) separators = given.Optional("separators") switch
        {
            null => (indent is null ? ", " : ",", ": "),
            TemplateList { Items: [string item, string key] } => (item, key),
            _ => throw new TemplateFault("the filter 'tojson': 'separators' must be two texts"),
        };
        string json = new JsonText(indent, separators, given.Truth("ensure_ascii", missing: false), given.Truth("sort_keys", missing: false)).Write(value);
        run.SpendLength(json.Length);
        return json;
    }

    // Where Jinja's title begins a word; the group keeps what stands between.
    [GeneratedRegex(@"([-\s({\[<]+)", RegexOptions.CultureInvariant)]
    private static partial Regex WordStarts();
}
