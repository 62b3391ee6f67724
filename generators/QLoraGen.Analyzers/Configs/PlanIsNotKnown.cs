using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using QLoraGen.Generators;
using QLoraGen.Generators.Binding;
using QLoraGen.Generators.Reading;
using QLoraGen.Rules;

namespace QLoraGen.Analyzers.Configs;

/// <summary>A [Checkpoint] whose file is right, but some size of whose model cannot be computed from it.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class PlanIsNotKnown() : RuleAnalyzer(Rule)
{
    /// <summary>The rule.</summary>
    public static readonly Rule Rule = new(
        "QLG411", "No plan can be written", RuleSeverity.Warning,
        "No plan and no layout are written for '{0}', because {1}: use sizes that follow from {2}.");

    /// <inheritdoc/>
    protected override void Start(CompilationStartAnalysisContext context)
    {
        var models = ProjectModels.Of(context.Compilation);
        context.RegisterSymbolAction(symbol => Check(symbol, models), SymbolKind.NamedType);
    }

    private void Check(SymbolAnalysisContext context, ProjectModels models)
    {
        var type = (INamedTypeSymbol)context.Symbol;
        if (DeclaredModel.Of(type) is not { File: { } named } model || models.Read(model) is not { } root
            || model.FileIn(context.Options.AdditionalFiles) is not { } file
            || SettingsFile.Read(file, context.CancellationToken) is not { } config || ConfigInitializer.Of(root.Tree.Config, config) is null)
        {
            return;   // another rule's fault
        }
        _ = Binder.Bind(root, config, out string? why);
        if (why is not null)
        {
            context.ReportDiagnostic(At(
                type.FindAttribute(KnownNames.CheckpointAttribute)?.ApplicationSyntaxReference?.GetSyntax(context.CancellationToken).GetLocation(),
                Rule.Broken(type.Name, why, named)));
        }
    }
}
