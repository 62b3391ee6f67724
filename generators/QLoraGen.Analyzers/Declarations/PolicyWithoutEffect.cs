using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using QLoraGen.Generators;
using QLoraGen.Generators.Reading;
using QLoraGen.Rules;

namespace QLoraGen.Analyzers.Declarations;

/// <summary>[LoRA] or [Quantized] where there is nothing to adapt or quantize.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class PolicyWithoutEffect() : RuleAnalyzer(Rule)
{
    /// <summary>The rule.</summary>
    public static readonly Rule Rule = new(
        "QLG106", "[LoRA] or [Quantized] without effect", RuleSeverity.Warning, "[{0}] has no effect on '{1}', {2}: {3}.");

    /// <inheritdoc/>
    protected override void Start(CompilationStartAnalysisContext context) => context.RegisterSymbolAction(Check, SymbolKind.NamedType);

    private void Check(SymbolAnalysisContext context)
    {
        var type = (INamedTypeSymbol)context.Symbol;
        AttributeData[] policies = [.. ((string[])[KnownNames.LoRA, KnownNames.Quantized]).Select(name => type.FindAttribute(name)!).Where(static a => a is not null)];
        if (policies.Length == 0)
        {
            return;
        }
        INamedTypeSymbol? model = CheckpointReader.ModelOf(type);
        bool isRoot = SymbolEqualityComparer.Default.Equals(model, type) || type.FindAttribute(KnownNames.CheckpointAttribute) is not null;
        (string Why, string Fix)? fault = !isRoot ? ("which is no [Model] or [Checkpoint] class", "put it on the class of the whole model, or remove it")
            : model is null || RootReader.ConstructorOf(model) is not { } constructor ? null   // another rule's fault
            : new TreeReader(context.Compilation, context.CancellationToken).Read(model, constructor).Layers.Any(static layer => layer.Member.IsLinear) ? null
            : ("which has no linear layer", "declare one, or remove the attribute");
        foreach (AttributeData policy in fault is null ? [] : policies)
        {
            context.ReportDiagnostic(At(
                policy.ApplicationSyntaxReference?.GetSyntax(context.CancellationToken).GetLocation(),
                Rule.Broken(policy.AttributeClass!.Name.Replace("Attribute", ""), type.Name, fault!.Value.Why, fault.Value.Fix)));
        }
    }
}
