using QLoraGen.Generators.Sizes;

namespace QLoraGen.Analyzers.Shapes;

/// <summary>A scope in which no name has a value: only constants fold.</summary>
internal sealed class NothingKnown : IScope
{
    public static readonly NothingKnown Scope = new();

    public object? ValueOf(string name) => Folding.Unknown;
}
