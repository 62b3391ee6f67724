using Microsoft.CodeAnalysis;
using QLoraGen.Generators.Models;
using QLoraGen.Generators.Reading;
using QLoraGen.Rules;

namespace QLoraGen.Generators.Refusing;

/// <summary>
/// The faults that the generator reports itself. Without the generated part the compiler finds errors of its own and stops
/// before any analyzer has spoken, so an analyzer would leave people with those alone. All other faults are the analyzers'.
/// </summary>
public static class Refusals
{
    /// <summary>The rules.</summary>
    public static IReadOnlyList<Rule> Rules { get; } = [ClassIsNotPartial.Rule, OuterTypeIsNotPartial.Rule, ClassCannotBeGenerated.Rule];

    /// <summary>What is wrong with a class that bears the attribute.</summary>
    internal static EquatableArray<Refusal> Read(GeneratorAttributeSyntaxContext context, CancellationToken cancellation)
    {
        // Each class once, by the strongest of its attributes.
        var type = (INamedTypeSymbol)context.TargetSymbol;
        string first = new[] { KnownNames.ModelAttribute, KnownNames.ModuleAttribute, KnownNames.CheckpointAttribute }.First(name => type.FindAttribute(name) is not null);
        return context.Attributes[0].AttributeClass?.Name != first ? default : EquatableArray<Refusal>.From(
            ((Refusal?[])[ClassIsNotPartial.Check(type, cancellation), OuterTypeIsNotPartial.Check(type, cancellation), ClassCannotBeGenerated.Check(type, cancellation)])
                .OfType<Refusal>());
    }
}
