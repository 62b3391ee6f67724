using System.Globalization;

namespace QLoraGen.Rules;

/// <summary>How much is at stake where a rule is broken.</summary>
public enum RuleSeverity
{
    /// <summary>Right, but not the best: a slower path, say.</summary>
    Info,

    /// <summary>Probably not what was meant; it builds and runs.</summary>
    Warning,

    /// <summary>Cannot work.</summary>
    Error,
}

/// <summary>
/// One rule, known to the compiler and to the loader by the same id and sentence. Where a configuration is known only
/// at run time, the loader's error is that sentence; what the compiler can see is a squiggle.
/// </summary>
/// <param name="Id"><c>QLG</c> and three digits; the first is the group's.</param>
/// <param name="Title">The fault in a few words.</param>
/// <param name="Severity">How much is at stake.</param>
/// <param name="Message">The sentence, a composite format; it names the fault's place and the fix.</param>
public sealed record Rule(string Id, string Title, RuleSeverity Severity, string Message)
{
    /// <summary>The group that the id's first digit names.</summary>
    public string Category => Id[3] switch
    {
        '1' => "Declarations",
        '2' => "Shapes",
        '3' => "Adapters",
        '4' => "Configs",
        _ => throw new InvalidOperationException($"{Id} is in no group."),
    };

    /// <summary>The page that explains the rule, from the root of the repository.</summary>
    public string Page => $"generators/docs/{Id}.md";

    /// <summary>The rule, broken.</summary>
    /// <param name="arguments">What the message's holes are filled with; numbers are written as in code.</param>
    public Fault Broken(params object?[] arguments) => new(this, [.. arguments.Select(Text)]);

    private static string Text(object? value) => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "null";
}
