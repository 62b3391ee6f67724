namespace QLoraGen.Templates;

/// <summary>The methods and members of values. Those that would change a list or dictionary are refused, as in transformers.</summary>
internal static class Members
{
    private static readonly string[] OfLists = ["append", "extend", "insert", "remove", "pop", "clear", "sort", "reverse"];
    private static readonly string[] OfDicts = ["update", "pop", "popitem", "setdefault", "clear"];

    /// <summary>The member of a name; false where the value has none.</summary>
    public static bool TryFind(object? value, string name, out object? member)
    {
        if (value is LoopState loop)
        {
            return loop.TryFind(name, out member);
        }
        bool changes = Array.IndexOf(value is TemplateList ? OfLists : value is TemplateDict ? OfDicts : [], name) >= 0;
        member = value switch
        {
            _ when changes => new Callable(name, (_, _) => throw new TemplateFault(
                $"'{name}' would change a {Value.TypeName(value)}, which templates may not; build a new one, or use a namespace")),
            string text => TextMethods.Find(text, name),
            TemplateDict dict => OfDict(dict, name),
            TemplateList list => OfList(list, name),
            _ => null,
        };
        return member is not null;
    }

    private static Callable? OfDict(TemplateDict dict, string name) => name switch
    {
        "items" => None(name, () => new TemplateList([.. dict.Entries.Select(static entry => new TemplateList([entry.Key, entry.Value], isTuple: true))])),
        "keys" => None(name, () => new TemplateList([.. dict.Keys])),
        "values" => None(name, () => new TemplateList([.. dict.Values])),
        "copy" => None(name, () => dict),
        "get" => new Callable(name, (_, call) =>
        {
            BoundArguments given = new(name, call, "key", "default");
            return dict.TryGet(given.Required("key"), out object? value) ? value : given.Optional("default");
        }),
        _ => null,
    };

    private static Callable? OfList(TemplateList list, string name) => name switch
    {
        "copy" => None(name, () => list),
        "count" => new Callable(name, (_, call) =>
        {
            object? item = new BoundArguments(name, call, "value").Required("value");
            return list.Items.LongCount(other => Value.AreEqual(item, other));
        }),
        "index" => new Callable(name, (_, call) =>
        {
            object? item = new BoundArguments(name, call, "value").Required("value");
            int at = list.Items.Index().Where(other => Value.AreEqual(item, other.Item)).Select(static other => other.Index).DefaultIfEmpty(-1).First();
            return at >= 0 ? (long)at : throw new TemplateFault("'index' does not find the item in the list");
        }),
        _ => null,
    };

    private static Callable None(string name, Func<object?> result) => new(name, (_, call) =>
    {
        NoArguments(name, call);
        return result();
    });

    private static BoundArguments NoArguments(string name, CallValues call) => new($"'{name}'", call);
}
