using System.Globalization;
using System.Text;

namespace QLoraGen.Templates;

/// <summary>The functions that every chat template knows.</summary>
internal static class Globals
{
    private const long MostInRange = 100_000;

    private static readonly Dictionary<string, Callable> Functions = new Callable[]
    {
        new("range", static (run, call) => Range(run, call)),
        new("namespace", static (_, call) => Namespace(call)),
        new("dict", static (_, call) => Dict(call)),
        new("raise_exception", static (_, call) => throw new TemplateFault(
            $"the template refuses this conversation: {Printing.Text(new BoundArguments("raise_exception", call, "message").Required("message"))}")),
        new("strftime_now", static (_, call) => Time(DateTime.Now, new BoundArguments("strftime_now", call, "format").Text("format"))),
    }.ToDictionary(static function => function.Name);

    /// <summary>The function of a name, or null.</summary>
    public static Callable? Find(string name) => Functions.GetValueOrDefault(name);

    /// <summary>A time as Python's `strftime` writes it in English.</summary>
    internal static string Time(DateTime now, string format)
    {
        StringBuilder text = new();
        for (int i = 0; i < format.Length; i++)
        {
            text.Append(format[i] != '%' ? format[i].ToString() : ++i < format.Length && format[i] == '%' ? "%" : Part(now, i < format.Length ? format[i] : ' '));
        }
        return text.ToString();
    }

    private static string Part(DateTime now, char part) => now.ToString(part switch
    {
        'Y' => "yyyy",
        'y' => "yy",
        'm' => "MM",
        'B' => "MMMM",
        'b' => "MMM",
        'd' => "dd",
        'A' => "dddd",
        'a' => "ddd",
        'H' => "HH",
        'I' => "hh",
        'M' => "mm",
        'S' => "ss",
        'p' => "tt",
        'f' => "ffffff",
        'j' => $"'{now.DayOfYear:000}'",
        _ => throw new TemplateFault($"'%{part}' is not supported in a time"),
    }, CultureInfo.InvariantCulture);

    private static TemplateList Range(TemplateRun run, CallValues call)
    {
        BoundArguments given = new("range", call, "start", "stop", "step");
        bool one = !given.Has("stop");
        (long from, long to, long step) = (one ? 0 : given.Number("start", 0), one ? given.Number("start", 0) : given.Number("stop", 0), given.Number("step", 1));
        if (step == 0)
        {
            throw new TemplateFault("a range with step 0 goes nowhere");
        }
        Int128 count = step > 0 ? (((Int128)to - from) + step - 1) / step : (((Int128)from - to) - step - 1) / -(Int128)step;
        if (count > MostInRange)
        {
            throw new TemplateFault($"a range of {count} numbers is too long; at most {MostInRange} are allowed");
        }
        run.SpendLength(Math.Max(0, (long)count));
        return new([.. Enumerable.Range(0, Math.Max(0, (int)count)).Select(i => (object?)(from + (i * step)))]);
    }

    private static TemplateNamespace Namespace(CallValues call)
    {
        TemplateNamespace space = new();
        foreach ((object? key, object? value) in Dict(call).Entries)
        {
            space.Members[key as string ?? throw new TemplateFault("a namespace's members have texts as names")] = value;
        }
        return space;
    }

    private static TemplateDict Dict(CallValues call)
    {
        TemplateDict dict = new();
        foreach (object? given in call.Positional)
        {
            foreach ((object? key, object? value) in (given as TemplateDict ?? throw new TemplateFault($"a {Value.TypeName(given)} is no dictionary")).Entries)
            {
                dict.Set(key, value);
            }
        }
        foreach ((string name, object? value) in call.Named)
        {
            dict.Set(name, value);
        }
        return dict;
    }
}
