namespace QLoraGen.Templates;

/// <summary>The one value whose members a template can set, so that a loop can keep something.</summary>
internal sealed class TemplateNamespace
{
    public Dictionary<string, object?> Members { get; } = [];
}
