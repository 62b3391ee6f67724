using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;
using QLoraGen.Generators;
using QLoraGen.Rules;

namespace QLoraGen.Analyzers.Shapes;

/// <summary>A rotary embedding of a width that the code itself spells out as an odd number; a configuration's is checked in its file.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class OddHeadWidth() : RuleAnalyzer(HeadWidthIsOdd.Rule)
{
    /// <inheritdoc/>
    protected override void Start(CompilationStartAnalysisContext context) => context.RegisterOperationAction(Check, OperationKind.ObjectCreation);

    private void Check(OperationAnalysisContext context)
    {
        var creation = (IObjectCreationOperation)context.Operation;
        if (creation.Type is { Name: "RotaryEmbedding" } type && type.ContainingNamespace.ToDisplayString() == KnownNames.RuntimeNamespace
            && creation.Arguments.FirstOrDefault(static argument => argument.Parameter?.Name == "headDim")?.Value is { ConstantValue: { HasValue: true, Value: int width } } given
            && HeadWidthIsOdd.Check(width) is { } fault)
        {
            context.ReportDiagnostic(At(given.Syntax.GetLocation(), fault));
        }
    }
}
