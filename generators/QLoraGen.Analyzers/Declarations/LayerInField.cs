using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using QLoraGen.Generators;
using QLoraGen.Generators.Reading;
using QLoraGen.Rules;

namespace QLoraGen.Analyzers.Declarations;

/// <summary>A layer that the generator does not see: it would never be registered, loaded or trained.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class LayerInField() : ModuleAnalyzer(Rule)
{
    /// <summary>The rule.</summary>
    public static readonly Rule Rule = new(
        "QLG104", "A layer is in a field", RuleSeverity.Error,
        "'{0}' holds a layer outside a partial property, so it is never registered, loaded or trained: declare 'public partial {1} {2} {{ get; }}'.");

    /// <summary>Whether a type is a layer or a module, of the runtime or the user's own.</summary>
    public static bool IsLayer(ITypeSymbol type) => type.DerivesFrom(KnownNames.LayerBase) || type.DerivesFrom(KnownNames.ModuleBase);

    /// <summary>A field's name as a property has it.</summary>
    public static string PropertyName(string field)
    {
        string name = field.TrimStart('_');
        return name.Length == 0 ? field : char.ToUpperInvariant(name[0]) + name.Substring(1);
    }

    /// <inheritdoc/>
    protected override void Check(INamedTypeSymbol type, SymbolAnalysisContext context)
    {
        foreach (IFieldSymbol field in type.GetMembers().OfType<IFieldSymbol>())
        {
            ISymbol? place = field.AssociatedSymbol switch
            {
                IPropertySymbol { IsPartialDefinition: false, PartialDefinitionPart: null } property => property,
                null when !field.IsImplicitlyDeclared => field,
                _ => null,   // a partial property's own, or what a constructor captured
            };
            if (place is not null && (IsLayer(field.Type) || ElementOf(field.Type) is { } element && IsLayer(element)))
            {
                string layer = IsLayer(field.Type)
                    ? field.Type.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat)
                    : $"ModuleList<{ElementOf(field.Type)!.Name}>";
                context.ReportDiagnostic(At(place.Locations[0], Rule.Broken(place.Name, layer, PropertyName(place.Name))));
            }
        }
    }

    private static ITypeSymbol? ElementOf(ITypeSymbol type) => type is IArrayTypeSymbol array
        ? array.ElementType
        : type.AllInterfaces.Concat(type is INamedTypeSymbol named ? [named] : [])
            .FirstOrDefault(static i => i.OriginalDefinition.SpecialType == SpecialType.System_Collections_Generic_IEnumerable_T)?.TypeArguments[0];
}
