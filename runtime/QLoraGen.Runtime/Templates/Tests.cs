namespace QLoraGen.Templates;

/// <summary>What `is` asks of a value.</summary>
internal delegate bool Test(object? value, CallValues call);

/// <summary>The tests, under Jinja's names.</summary>
internal static class Tests
{
    private static readonly Dictionary<string, Test> Known = new()
    {
        ["defined"] = Plain(static value => value is not Undefined),
        ["undefined"] = Plain(static value => value is Undefined),
        ["none"] = Plain(static value => value is null),
        ["string"] = Plain(static value => value is string),
        ["mapping"] = Plain(static value => value is TemplateDict),
        ["sequence"] = Plain(static value => value is string or TemplateList or TemplateDict or Undefined),
        ["iterable"] = Plain(static value => value is string or TemplateList or TemplateDict or Undefined),
        ["number"] = Plain(static value => value is long or double or bool),
        ["integer"] = Plain(static value => value is long),
        ["float"] = Plain(static value => value is double),
        ["boolean"] = Plain(static value => value is bool),
        ["true"] = Plain(static value => value is true),
        ["false"] = Plain(static value => value is false),
        ["upper"] = Plain(static value => Cased(value, char.IsUpper)),
        ["lower"] = Plain(static value => Cased(value, char.IsLower)),
        ["callable"] = Plain(static value => value is Callable),
        ["odd"] = Plain(static value => Remainder(value, 2) == 1),
        ["even"] = Plain(static value => Remainder(value, 2) == 0),
        ["divisibleby"] = With(static (value, other) => Remainder(value, other as long? ?? 0) == 0),
        ["in"] = With(static (value, other) => Value.Contains(other, value)),
        ["sameas"] = With(static (value, other) => ReferenceEquals(value, other)
            || (value?.GetType() == other?.GetType() && value is null or bool or long or double or string && Value.AreEqual(value, other))),
        ["equalto"] = With(Value.AreEqual),
        ["eq"] = With(Value.AreEqual),
        ["=="] = With(Value.AreEqual),
        ["ne"] = With(static (value, other) => !Value.AreEqual(value, other)),
        ["!="] = With(static (value, other) => !Value.AreEqual(value, other)),
        ["<"] = With(static (value, other) => Value.Compare(value, other) < 0),
        ["lt"] = With(static (value, other) => Value.Compare(value, other) < 0),
        ["lessthan"] = With(static (value, other) => Value.Compare(value, other) < 0),
        ["<="] = With(static (value, other) => Value.Compare(value, other) <= 0),
        ["le"] = With(static (value, other) => Value.Compare(value, other) <= 0),
        [">"] = With(static (value, other) => Value.Compare(value, other) > 0),
        ["gt"] = With(static (value, other) => Value.Compare(value, other) > 0),
        ["greaterthan"] = With(static (value, other) => Value.Compare(value, other) > 0),
        [">="] = With(static (value, other) => Value.Compare(value, other) >= 0),
        ["ge"] = With(static (value, other) => Value.Compare(value, other) >= 0),
    };

    /// <summary>The test of a name, or null.</summary>
    public static Test? Find(string name) => Known.GetValueOrDefault(name);

    private static Test Plain(Func<object?, bool> test) => (value, call) => call.Positional.Count + call.Named.Count == 0
        ? test(value)
        : throw new TemplateFault("this test takes no arguments");

    private static Test With(Func<object?, object?, bool> test) => (value, call) => test(value, new BoundArguments("this test", call, "other").Required("other"));

    private static bool Cased(object? value, Func<char, bool> wanted)
    {
        string text = Printing.Text(value);
        return text.Any(wanted) && text.All(c => wanted(c) || !(char.IsUpper(c) || char.IsLower(c)));
    }

    private static long Remainder(object? value, long divisor) => value is Undefined undefined ? throw undefined.Error()
        : Number.Of(value) is { IsReal: false } number ? (long)Number.Calculate("%", number, Number.Of(divisor)!.Value)
        : throw new TemplateFault($"a {Value.TypeName(value)} cannot be divided into whole parts");
}
