using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using QLoraGen.Generators.Models;
using QLoraGen.Generators.Reading;
using QLoraGen.Generators.Sizes;
using QLoraGen.Rules;

namespace QLoraGen.Analyzers.Declarations;

/// <summary>Two members of a class that would read the same tensors of a checkpoint.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class DuplicateKey() : ModuleAnalyzer(Rule)
{
    /// <summary>The rule.</summary>
    public static readonly Rule Rule = new(
        "QLG105", "Two members have one key", RuleSeverity.Error,
        "'{0}' has the key '{1}', which '{2}' has already: give it the checkpoint's own name by [Key(\"...\")].");

    /// <inheritdoc/>
    protected override void Check(INamedTypeSymbol type, SymbolAnalysisContext context)
    {
        List<MemberModel> seen = [];
        foreach (MemberModel member in new MemberReader(context.Compilation, context.CancellationToken).Read(type))
        {
            if (seen.Find(other => other.Key == member.Key && !AreAlternatives(other, member)) is { } other)
            {
                context.ReportDiagnostic(At(type.GetMembers(member.Name)[0].Locations[0], Rule.Broken(member.Name, member.Key, other.Name)));
            }
            seen.Add(member);
        }
    }

    // One is made exactly where the other is not: a layer with experts, say, and one without.
    private static bool AreAlternatives(MemberModel a, MemberModel b) =>
        (a.Creation?.Condition, b.Creation?.Condition) is ({ } first, { } second) && (IsNot(first, second) || IsNot(second, first));

    private static bool IsNot(Expression negation, Expression condition) =>
        negation is Unary { Operator: "!", Operand: var inner } && inner.ToString() == condition.ToString();
}
