using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;
using QLoraGen.Generators.Reading;
using QLoraGen.Rules;

namespace QLoraGen.Analyzers.Shapes;

/// <summary>A rotary embedding of a width that the code itself spells out as an odd number; a configuration's is checked in its file.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class OddHeadWidth() : RuleAnalyzer(HeadWidthIsOdd.Rule)
{
    private const string Rotary = "RotaryEmbedding";

    // Not an operation action: that would have the compiler bind all code of the project once more, for a class that is made once a model.
    /// <inheritdoc/>
    protected override void Start(CompilationStartAnalysisContext context) =>
        context.RegisterSyntaxNodeAction(Check, SyntaxKind.ObjectCreationExpression, SyntaxKind.ImplicitObjectCreationExpression);

    private void Check(SyntaxNodeAnalysisContext context)
    {
        var syntax = (BaseObjectCreationExpressionSyntax)context.Node;
        if (MayMakeOne(syntax) && context.SemanticModel.GetOperation(syntax, context.CancellationToken) is IObjectCreationOperation { Type: { } type } creation
            && type.IsNamed($"QLoraGen.{Rotary}")
            && creation.Arguments.FirstOrDefault(static argument => argument.Parameter?.Name == "headDim")?.Value is { ConstantValue: { HasValue: true, Value: int width } } given
            && HeadWidthIsOdd.Check(width) is { } fault)
        {
            context.ReportDiagnostic(At(given.Syntax.GetLocation(), fault));
        }
    }

    // By its name, or where that does not stand beside it, by a number as the first argument.
    private static bool MayMakeOne(BaseObjectCreationExpressionSyntax syntax) => (syntax, syntax.Parent?.Parent) switch
    {
        (ObjectCreationExpressionSyntax { Type: var type }, _) => IsRotary(type),
        (_, VariableDeclaratorSyntax { Parent: VariableDeclarationSyntax { Type: var type } }) => IsRotary(type),
        (_, PropertyDeclarationSyntax { Type: var type }) => IsRotary(type),
        _ => syntax.ArgumentList is { Arguments: [{ Expression: LiteralExpressionSyntax }, _, ..] },
    };

    private static bool IsRotary(TypeSyntax type) => type.ToString().TrimEnd('?').EndsWith(Rotary, StringComparison.Ordinal);
}
