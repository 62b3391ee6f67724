namespace QLoraGen.Templates;

/// <summary>The filters on lists and dictionaries, under Jinja's names.</summary>
internal static class ListFilters
{
    private static readonly Comparer<object?> Order = Comparer<object?>.Create(Value.Compare);

    private static readonly Dictionary<string, Filter> Known = new()
    {
        ["length"] = static (_, value, _) => Value.Length(value),
        ["count"] = static (_, value, _) => Value.Length(value),
        ["list"] = static (_, value, _) => new TemplateList([.. Value.Items(value)]),
        ["first"] = static (_, value, _) => Value.Items(value) is [var first, ..] ? first : new Undefined("there is no first item"),
        ["last"] = static (_, value, _) => Value.Items(value) is [.., var last] ? last : new Undefined("there is no last item"),
        ["join"] = Join,
        ["items"] = static (_, value, _) => value switch
        {
            Undefined => new TemplateList([]),
            TemplateDict dict => Pairs(dict.Entries),
            _ => throw Filters.Refuse("items", value),
        },
        ["dictsort"] = static (_, value, call) =>
        {
            Filters.Bind("dictsort", call);
            return Pairs((value as TemplateDict ?? throw Filters.Refuse("dictsort", value)).Entries.OrderBy(static entry => Folded(entry.Key), Order));
        },
        ["reverse"] = static (_, value, _) => value is string text
            ? string.Concat(Python.Characters(text).AsEnumerable().Reverse())
            : new TemplateList([.. Value.Items(value).Reverse()]),
        ["sort"] = Sort,
        ["unique"] = Unique,
        ["sum"] = static (_, value, call) => Sum(value, Filters.Bind("sum", call, "attribute", "start")),
        ["min"] = static (_, value, _) => Value.Items(value) is { Count: > 0 } items ? items.Min(Order) : new Undefined("there is no smallest item"),
        ["max"] = static (_, value, _) => Value.Items(value) is { Count: > 0 } items ? items.Max(Order) : new Undefined("there is no largest item"),
        ["map"] = Map,
        ["select"] = static (_, value, call) => Choose(value, call, byAttribute: false, keep: true),
        ["reject"] = static (_, value, call) => Choose(value, call, byAttribute: false, keep: false),
        ["selectattr"] = static (_, value, call) => Choose(value, call, byAttribute: true, keep: true),
        ["rejectattr"] = static (_, value, call) => Choose(value, call, byAttribute: true, keep: false),
    };

    /// <summary>The filter of a name, or null.</summary>
    public static Filter? Find(string name) => Known.GetValueOrDefault(name);

    private static TemplateList Pairs(IEnumerable<(object? Key, object? Value)> entries) =>
        new([.. entries.Select(static entry => new TemplateList([entry.Key, entry.Value], isTuple: true))]);

    private static string Join(TemplateRun run, object? value, CallValues call)
    {
        BoundArguments given = Filters.Bind("join", call, "d", "attribute");
        Func<object?, object?> of = Getter(given.Optional("attribute"));
        string joined = string.Join(Printing.Text(given.Optional("d", "")), Value.Items(value).Select(item => Printing.Text(of(item))));
        run.SpendLength(joined.Length);
        return joined;
    }

    private static TemplateList Sort(TemplateRun run, object? value, CallValues call)
    {
        BoundArguments given = Filters.Bind("sort", call, "reverse", "case_sensitive", "attribute");
        Func<object?, object?> of = Getter(given.Optional("attribute"));
        bool exact = given.Truth("case_sensitive", missing: false);
        IReadOnlyList<object?> items = Value.Items(value);
        run.SpendLength(16L * items.Count);
        Func<object?, object?> key = item => exact ? of(item) : Folded(of(item));
        return new([.. given.Truth("reverse", missing: false) ? items.OrderByDescending(key, Order) : items.OrderBy(key, Order)]);
    }

    private static TemplateList Unique(TemplateRun run, object? value, CallValues call)
    {
        BoundArguments given = Filters.Bind("unique", call, "case_sensitive", "attribute");
        Func<object?, object?> of = Getter(given.Optional("attribute"));
        bool exact = given.Truth("case_sensitive", missing: false);
        TemplateDict seen = new();
        List<object?> kept = [];
        foreach (object? item in Value.Items(value))
        {
            object? key = exact ? of(item) : Folded(of(item));
            if (!seen.TryGet(key, out _))
            {
                seen.Set(key, null);
                kept.Add(item);
            }
        }
        return new(kept);
    }

    private static object Sum(object? value, BoundArguments given)
    {
        Func<object?, object?> of = Getter(given.Optional("attribute"));
        object sum = given.Optional("start", 0L) ?? 0L;
        foreach (object? item in Value.Items(value).Select(of))
        {
            sum = Number.Calculate("+", Number.Of(sum) ?? throw Filters.Refuse("sum", sum), Number.Of(item) ?? throw Filters.Refuse("sum", item));
        }
        return sum;
    }

    private static TemplateList Map(TemplateRun run, object? value, CallValues call)
    {
        IReadOnlyList<object?> items = Value.Items(value);
        if (call.Positional.Count == 0)
        {
            BoundArguments given = Filters.Bind("map", call, "attribute", "default");
            Func<object?, object?> of = Getter(given.Required("attribute"));
            return new([.. items.Select(item => of(item) is var found && found is Undefined && given.Has("default") ? given.Optional("default") : found)]);
        }
        string name = call.Positional[0] as string ?? throw new TemplateFault("the filter 'map' needs the name of a filter, or an attribute");
        Filter filter = Filters.Find(name) ?? throw new TemplateFault($"there is no filter '{name}'");
        CallValues rest = new([.. call.Positional.Skip(1)], call.Named);
        return new([.. items.Select(item => filter(run, item, rest))]);
    }

    private static TemplateList Choose(object? value, CallValues call, bool byAttribute, bool keep)
    {
        if (byAttribute && call.Positional.Count == 0)
        {
            throw new TemplateFault("a filter that chooses by an attribute needs its name");
        }
        Func<object?, object?> of = Getter(byAttribute ? call.Positional[0] : null);
        List<object?> rest = [.. call.Positional.Skip(byAttribute ? 1 : 0)];
        Func<object?, bool> holds = Value.IsTrue;
        if (rest.Count > 0)
        {
            string name = rest[0] as string ?? throw new TemplateFault("a filter that chooses needs the name of a test");
            Test test = Tests.Find(name) ?? throw new TemplateFault($"there is no test '{name}'");
            CallValues arguments = new([.. rest.Skip(1)], call.Named);
            holds = item => test(item, arguments);
        }
        return new([.. Value.Items(value).Where(item => holds(of(item)) == keep)]);
    }

    /// <summary>What an attribute names: a path of keys and indices with dots between, or nothing, which is the item itself.</summary>
    private static Func<object?, object?> Getter(object? attribute)
    {
        if (attribute is null)
        {
            return static item => item;
        }
        object[] path = attribute is long index ? [index]
            : [.. Printing.Text(attribute).Split('.').Select(static part => long.TryParse(part, out long at) ? at : (object)part)];
        return item => path.Aggregate(item, static (owner, key) => Member.Of(owner, key, isAttribute: false));
    }

    private static object? Folded(object? value) => value is string text ? text.ToLowerInvariant() : value;
}
