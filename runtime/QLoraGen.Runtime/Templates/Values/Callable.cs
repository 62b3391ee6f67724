namespace QLoraGen.Templates;

/// <summary>The values that a call gives.</summary>
/// <param name="Positional">Those without a name.</param>
/// <param name="Named">Those with one.</param>
internal sealed record CallValues(IReadOnlyList<object?> Positional, IReadOnlyList<(string Name, object? Value)> Named);

/// <summary>What can be called: a macro, a function or a method.</summary>
/// <param name="name">Its name.</param>
/// <param name="invoke">What it does.</param>
internal sealed class Callable(string name, Func<TemplateRun, CallValues, object?> invoke)
{
    public string Name => name;

    public object? Invoke(TemplateRun run, CallValues values) => invoke(run, values);
}
