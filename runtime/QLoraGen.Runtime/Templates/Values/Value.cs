namespace QLoraGen.Templates;

/// <summary>
/// What values mean, as in Python. A value is null (none), bool, long, double, string, <see cref="TemplateList"/>,
/// <see cref="TemplateDict"/>, <see cref="TemplateNamespace"/>, <see cref="Callable"/>, <see cref="LoopState"/> or
/// <see cref="Undefined"/>.
/// </summary>
internal static class Value
{
    public static bool IsTrue(object? value) => value switch
    {
        null or Undefined or false => false,
        long number => number != 0,
        double number => number != 0,
        string text => text.Length > 0,
        TemplateList list => list.Items.Count > 0,
        TemplateDict dict => dict.Count > 0,
        _ => true,
    };

    /// <summary>How a value's type is called.</summary>
    public static string TypeName(object? value) => value switch
    {
        null => "none",
        bool => "boolean",
        long => "whole number",
        double => "float",
        string => "text",
        TemplateList { IsTuple: true } => "tuple",
        TemplateList => "list",
        TemplateDict => "dictionary",
        TemplateNamespace => "namespace",
        Undefined => "undefined value",
        Callable => "function",
        _ => "loop",
    };

    /// <summary>Whether two values are equal; 1, 1.0 and true are.</summary>
    public static bool AreEqual(object? left, object? right)
    {
        TemplateRun.RequireStack();
        return (left, right) switch
        {
            (null, null) => true,
            (string a, string b) => string.Equals(a, b, StringComparison.Ordinal),
            (Undefined, Undefined) => true,
            (TemplateList a, TemplateList b) => a.IsTuple == b.IsTuple && a.Items.Count == b.Items.Count
                && a.Items.Zip(b.Items).All(static pair => AreEqual(pair.First, pair.Second)),
            (TemplateDict a, TemplateDict b) => a.Count == b.Count
                && a.Entries.All(entry => b.TryGet(entry.Key, out object? other) && AreEqual(entry.Value, other)),
            _ when Number.Of(left) is { } a && Number.Of(right) is { } b => Number.Compare(a, b) == 0,
            _ => ReferenceEquals(left, right),
        };
    }

    /// <summary>Less than, equal to or greater than 0 as the left value comes before, with or after the right one.</summary>
    public static int Compare(object? left, object? right)
    {
        TemplateRun.RequireStack();
        switch (left, right)
        {
            case (Undefined undefined, _):
                throw undefined.Error();
            case (_, Undefined undefined):
                throw undefined.Error();
            case (string a, string b):
                return CompareTexts(a, b);
            case (TemplateList a, TemplateList b) when a.IsTuple == b.IsTuple:
                foreach ((object? first, object? second) in a.Items.Zip(b.Items))
                {
                    if (!AreEqual(first, second))
                    {
                        return Compare(first, second);
                    }
                }
                return a.Items.Count.CompareTo(b.Items.Count);
            default:
                return Number.Of(left) is { } x && Number.Of(right) is { } y
                    ? Number.Compare(x, y)
                    : throw new TemplateFault($"a {TypeName(left)} and a {TypeName(right)} cannot be compared");
        }
    }

    /// <summary>Whether a value is in another: part of a text, item of a list or key of a dictionary.</summary>
    public static bool Contains(object? container, object? item) => container switch
    {
        string text => item is string part
            ? text.Contains(part, StringComparison.Ordinal)
            : throw (item as Undefined)?.Error() ?? new TemplateFault($"a {TypeName(item)} cannot be in a text"),
        TemplateList list => list.Items.Any(other => AreEqual(item, other)),
        TemplateDict dict => dict.TryGet(item, out _),
        Undefined => false,
        _ => throw new TemplateFault($"nothing can be in a {TypeName(container)}"),
    };

    /// <summary>The items that a loop or filter goes over: a dictionary gives its keys, a text its characters.</summary>
    public static IReadOnlyList<object?> Items(object? value) => value switch
    {
        TemplateList list => list.Items,
        TemplateDict dict => [.. dict.Keys],
        string text => Python.Characters(text),
        Undefined => [],
        _ => throw new TemplateFault($"a {TypeName(value)} has no items to go over"),
    };

    /// <summary>The number of items.</summary>
    public static long Length(object? value) => value switch
    {
        string text => Python.Length(text),
        TemplateList list => list.Items.Count,
        TemplateDict dict => dict.Count,
        Undefined => 0,
        _ => throw new TemplateFault($"a {TypeName(value)} has no length"),
    };

    // By code points, in whose order surrogates come last.
    private static int CompareTexts(string left, string right)
    {
        for (int i = 0; i < Math.Min(left.Length, right.Length); i++)
        {
            if (left[i] != right[i])
            {
                return char.IsSurrogate(left[i]) == char.IsSurrogate(right[i]) ? left[i].CompareTo(right[i]) : char.IsSurrogate(left[i]) ? 1 : -1;
            }
        }
        return left.Length.CompareTo(right.Length);
    }
}
