using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using QLoraGen.Generators;
using QLoraGen.Generators.Binding;
using QLoraGen.Generators.Reading;
using QLoraGen.Rules;

namespace QLoraGen.Analyzers.Configs;

/// <summary>A [Checkpoint] whose file the compiler is not given, or that stands on a class which is no model.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class CheckpointFileIsMissing() : RuleAnalyzer(Rule)
{
    /// <summary>The rule.</summary>
    public static readonly Rule Rule = new(
        "QLG408", "A [Checkpoint] binds nothing", RuleSeverity.Error, "[Checkpoint] cannot bind '{0}': {1}.");

    /// <inheritdoc/>
    protected override void Start(CompilationStartAnalysisContext context) => context.RegisterSymbolAction(Check, SymbolKind.NamedType);

    private void Check(SymbolAnalysisContext context)
    {
        var type = (INamedTypeSymbol)context.Symbol;
        if (type.FindAttribute(KnownNames.CheckpointAttribute) is not { ConstructorArguments: [{ Value: string named }] } attribute
            || attribute.ApplicationSyntaxReference?.GetSyntax(context.CancellationToken) is not AttributeSyntax syntax)
        {
            return;
        }
        string[] files = [.. context.Options.AdditionalFiles.Select(static file => file.Path)];
        string? why = CheckpointReader.ModelOf(type) is null ? "the class neither is a [Model] nor derives from one; derive it from the model's class"
            : !files.Any(file => CheckpointBinder.IsMeant(named, file)) ? NotGiven(named, files)
            : null;
        if (why is not null)
        {
            context.ReportDiagnostic(At(
                (syntax.ArgumentList?.Arguments.FirstOrDefault()?.Expression ?? (SyntaxNode)syntax).GetLocation(), Rule.Broken(type.Name, why)));
        }
    }

    private static string NotGiven(string named, string[] files)
    {
        string[] names = [.. files.Where(SettingsFile.IsConfig).Select(static file => file.Substring(file.LastIndexOfAny(['/', '\\']) + 1)).Distinct()];
        string nearest = Nearest.To(named, names) is { } near ? $"; did you mean '{near}'?" : "";
        return $"no AdditionalFiles item of the project ends with {Shown.Quoted(named)}{(nearest.Length > 0 ? nearest.TrimEnd('?') : "")}; name one, or add <AdditionalFiles Include=\"{named}\" />";
    }
}
