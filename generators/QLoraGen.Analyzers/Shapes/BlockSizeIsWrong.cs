using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using QLoraGen.Analyzers.Configs;
using QLoraGen.Generators;
using QLoraGen.Generators.Reading;
using QLoraGen.Rules;

namespace QLoraGen.Analyzers.Shapes;

/// <summary>A block size for which there are no kernels, or which does not divide the widths that it is for.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class BlockSizeIsWrong() : RuleAnalyzer(BlockSizeIsNotPossible.Rule, BlocksCrossRows.Rule)
{
    /// <inheritdoc/>
    protected override void Start(CompilationStartAnalysisContext context)
    {
        var models = ProjectModels.Of(context.Compilation);
        context.RegisterSymbolAction(symbol => Check(symbol, models), SymbolKind.NamedType);
    }

    private void Check(SymbolAnalysisContext context, ProjectModels models)
    {
        var type = (INamedTypeSymbol)context.Symbol;
        var attribute = type.FindAttribute(KnownNames.Quantized)?.ApplicationSyntaxReference?.GetSyntax(context.CancellationToken) as AttributeSyntax;
        if (RootReader.ReadQuantized(type) is { } own && BlockSizeIsNotPossible.Check(own.BlockSize) is { } fault)
        {
            ExpressionSyntax? given = attribute?.ArgumentList?.Arguments.FirstOrDefault(static argument => argument.NameEquals?.Name.Identifier.ValueText == "BlockSize")?.Expression;
            context.ReportDiagnostic(At((given ?? (SyntaxNode?)attribute)?.GetLocation(), fault));
        }
        else if (DeclaredModel.Of(type) is { } model && models.Read(model)?.Quantized is { } quantized and not { Type: "None" }
            && models.LayersOf(type, context.Options.AdditionalFiles, context.CancellationToken) is { } layers
            && BlocksCrossRows.Check(layers, new QuantFormat(QuantType.NF4, quantized.BlockSize)) is { } slower)
        {
            context.ReportDiagnostic(At(attribute?.GetLocation() ?? type.Locations[0], slower));
        }
    }
}
