namespace QLoraGen.Templates;

/// <summary>
/// `value.name` and `value[key]`. With a dot a method comes before what stands under a dictionary's key; with brackets it is the other
/// way round.
/// </summary>
internal sealed class Member(int line, Expression owner, Expression key, bool isAttribute) : Expression(line)
{
    protected override object? Compute(TemplateRun run, Scope scope) => Of(owner.Evaluate(run, scope), key.Evaluate(run, scope), isAttribute);

    /// <summary>A value's member or item.</summary>
    public static object? Of(object? owner, object? name, bool isAttribute)
    {
        object? value = Defined(owner);
        string? attribute = name as string;
        return (isAttribute && Members.TryFind(value, attribute!, out object? item))
            || TryItem(value, name, out item)
            || (attribute is not null && Members.TryFind(value, attribute, out item))
            ? item
            : new Undefined($"a {Value.TypeName(value)} has no {(attribute is null ? $"item {Shown(name)}" : $"'{attribute}'")}");
    }

    private static bool TryItem(object? value, object? key, out object? item)
    {
        item = null;
        switch (value)
        {
            case TemplateDict dict:
                return key is not (Undefined or TemplateList or TemplateDict) && dict.TryGet(key, out item);
            case TemplateList list when key is long index:
                index += index < 0 ? list.Items.Count : 0;
                item = index >= 0 && index < list.Items.Count ? list.Items[(int)index] : null;
                return index >= 0 && index < list.Items.Count;
            case string text when key is long index:
                List<object?> characters = Python.Characters(text);
                index += index < 0 ? characters.Count : 0;
                item = index >= 0 && index < characters.Count ? characters[(int)index] : null;
                return index >= 0 && index < characters.Count;
            case TemplateNamespace space:
                return key is string name && space.Members.TryGetValue(name, out item);
            default:
                return false;
        }
    }

    private static string Shown(object? key) => key is long or double or bool ? Printing.Repr(key) : $"under a {Value.TypeName(key)}";
}

/// <summary>`value[start:stop:step]`.</summary>
internal sealed class Slice(int line, Expression owner, Expression? start, Expression? stop, Expression? step) : Expression(line)
{
    protected override object? Compute(TemplateRun run, Scope scope)
    {
        object? value = Defined(owner.Evaluate(run, scope));
        IReadOnlyList<object?> items = value switch
        {
            TemplateList list => list.Items,
            string text => Python.Characters(text),
            _ => throw new TemplateFault($"a {Value.TypeName(value)} cannot be sliced"),
        };
        run.SpendLength(items.Count);
        long by = Bound(step) ?? 1;
        if (by == 0)
        {
            throw new TemplateFault("a slice with step 0 goes nowhere");
        }
        // Python's rule: bounds from the end where negative, cut to what is there.
        (long low, long high) = by > 0 ? (0L, items.Count) : (-1L, items.Count - 1L);
        long from = Clamp(Bound(start), by > 0 ? low : high);
        long to = Clamp(Bound(stop), by > 0 ? high : low);
        List<object?> taken = [];
        for (long i = from; by > 0 ? i < to : i > to; i += Math.Clamp(by, -items.Count - 1L, items.Count + 1L))
        {
            taken.Add(items[(int)i]);
        }
        return value is TemplateList { IsTuple: var isTuple } ? new TemplateList(taken, isTuple) : string.Concat(taken);

        long Clamp(long? bound, long missing) => bound is not { } given ? missing
            : Math.Clamp(given < 0 ? Math.Max(given, -items.Count - 1L) + items.Count : given, low, high);

        long? Bound(Expression? bound) => bound?.Evaluate(run, scope) switch
        {
            null => null,
            long number => number,
            Undefined undefined => throw undefined.Error(),
            var other => throw new TemplateFault($"a {Value.TypeName(other)} cannot bound a slice"),
        };
    }
}
