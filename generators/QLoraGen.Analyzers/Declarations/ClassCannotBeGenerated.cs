using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using QLoraGen.Generators;
using QLoraGen.Generators.Reading;
using QLoraGen.Rules;

namespace QLoraGen.Analyzers.Declarations;

/// <summary>A marked class of a kind for which no part can be generated.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ClassCannotBeGenerated() : ModuleAnalyzer(Rule)
{
    /// <summary>The rule.</summary>
    public static readonly Rule Rule = new(
        "QLG111", "Nothing can be generated for a class", RuleSeverity.Error, "Nothing can be generated for '{0}': {1}.");

    /// <inheritdoc/>
    protected override void Check(INamedTypeSymbol type, SymbolAnalysisContext context)
    {
        AttributeData? model = type.FindAttribute(KnownNames.ModelAttribute);
        string? why = type switch
        {
            { IsFileLocal: true } => "it is local to its file; declare it without 'file'",
            _ when IsGeneric(type) => "it is generic, or lies in a generic type; declare it without type parameters",
            _ when model is null => type.DerivesFrom(KnownNames.ModuleBase) ? null : "a [Module] derives from Module; declare it ': Module'",
            _ when !type.DerivesFrom(KnownNames.ModelBase) => "a [Model] derives from CausalLM; declare it ': CausalLM(config)'",
            { IsAbstract: true } => "it is abstract, and a [Model] is made from its config.json; declare it without 'abstract'",
            _ when model.ConstructorArguments is not [{ Value: string { Length: > 0 } }] =>
                "[Model] names no model_type; name that of its config.json files, such as [Model(\"llama\")]",
            _ when RootReader.ConstructorOf(type) is null =>
                "it has no constructor that takes its configuration alone; declare 'class {0}(MyConfig config) : CausalLM(config)'".Replace("{0}", type.Name),
            _ => null,
        };
        if (why is not null)
        {
            context.ReportDiagnostic(At(type.Locations[0], Rule.Broken(type.Name, why)));
        }
    }

    private static bool IsGeneric(INamedTypeSymbol type) =>
        type.IsGenericType || (type.ContainingType is { } outer && IsGeneric(outer));
}
