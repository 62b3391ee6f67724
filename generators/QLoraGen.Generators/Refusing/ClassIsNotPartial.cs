using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using QLoraGen.Rules;

namespace QLoraGen.Generators.Refusing;

/// <summary>A declared class to which the generator cannot add its part.</summary>
internal static class ClassIsNotPartial
{
    public static readonly Rule Rule = new(
        "QLG101", "A declared model is not partial", RuleSeverity.Error,
        "'{0}' is not partial, so nothing can be generated for it: declare it 'partial class {0}'.");

    public static Refusal? Check(INamedTypeSymbol type, CancellationToken cancellation) =>
        type.DeclaringSyntaxReferences is [var only] && only.GetSyntax(cancellation) is ClassDeclarationSyntax declaration
        && !declaration.Modifiers.Any(SyntaxKind.PartialKeyword)
            ? Refusal.At(declaration.Identifier, Rule.Broken(type.Name))
            : null;
}
