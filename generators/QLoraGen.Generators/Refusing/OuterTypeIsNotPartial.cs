using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using QLoraGen.Generators.Reading;
using QLoraGen.Rules;

namespace QLoraGen.Generators.Refusing;

/// <summary>A type around a declared class to which no second part can be added.</summary>
internal static class OuterTypeIsNotPartial
{
    public static readonly Rule Rule = new(
        "QLG102", "A type around a declared model is not partial", RuleSeverity.Error,
        "'{0}' lies in '{1}', which is not partial, so nothing can be generated for it: declare '{1}' partial, or move '{0}' out.");

    public static Refusal? Check(INamedTypeSymbol type, CancellationToken cancellation)
    {
        foreach (INamedTypeSymbol outer in OuterTypes.Of(type))
        {
            if (outer.DeclaringSyntaxReferences is [var only] && only.GetSyntax(cancellation) is TypeDeclarationSyntax declaration
                && !declaration.Modifiers.Any(SyntaxKind.PartialKeyword)
                && SymbolEqualityComparer.Default.Equals(Inside(outer).First(static inner => inner.IsDeclaredModule()), type))   // told once for all inside
            {
                return Refusal.At(declaration.Identifier, Rule.Broken(type.Name, outer.Name));
            }
        }
        return null;
    }

    private static IEnumerable<INamedTypeSymbol> Inside(INamedTypeSymbol outer) =>
        outer.GetTypeMembers().SelectMany(static type => (INamedTypeSymbol[])[type, .. Inside(type)]);
}
