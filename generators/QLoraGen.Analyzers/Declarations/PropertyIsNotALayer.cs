using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using QLoraGen.Generators.Reading;
using QLoraGen.Rules;

namespace QLoraGen.Analyzers.Declarations;

/// <summary>A tensor, parameter or TorchSharp module where a layer belongs: it would be neither frozen, nor loaded, nor saved.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class PropertyIsNotALayer() : ModuleAnalyzer(Rule)
{
    /// <summary>The rule.</summary>
    public static readonly Rule Rule = new(
        "QLG103", "A member of a model is not a layer", RuleSeverity.Error,
        "'{0}' is a '{1}', which is neither loaded from a checkpoint nor frozen: declare a layer, such as 'public partial Linear {2} {{ get; }} = new(...);'.");

    /// <inheritdoc/>
    protected override void Check(INamedTypeSymbol type, SymbolAnalysisContext context)
    {
        foreach (ISymbol member in type.GetMembers().Where(static member => !member.IsStatic && !member.IsImplicitlyDeclared))
        {
            ITypeSymbol? held = member switch
            {
                IPropertySymbol { IsPartialDefinition: true } property => property.Type,
                IPropertySymbol property when HasInitializer(property, context.CancellationToken) => property.Type,
                IFieldSymbol field when HasInitializer(field, context.CancellationToken) => field.Type,
                _ => null,
            };
            if (held is not null && IsTorch(held))
            {
                context.ReportDiagnostic(At(member.Locations[0], Rule.Broken(member.Name, held.Name, LayerInField.PropertyName(member.Name))));
            }
        }
    }

    private static bool HasInitializer(ISymbol member, CancellationToken cancellation) => member.DeclaringSyntaxReferences.Any(
        part => part.GetSyntax(cancellation) is PropertyDeclarationSyntax { Initializer: not null } or VariableDeclaratorSyntax { Initializer: not null });

    private static bool IsTorch(ITypeSymbol type) =>
        type.DerivesFrom("TorchSharp.torch.Tensor") || (type.DerivesFrom("TorchSharp.torch.nn.Module") && !LayerInField.IsLayer(type));
}
