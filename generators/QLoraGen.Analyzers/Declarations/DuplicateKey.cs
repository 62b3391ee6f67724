using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using QLoraGen.Generators.Models;
using QLoraGen.Generators.Reading;
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
        Dictionary<string, string> first = new(StringComparer.Ordinal);
        foreach (MemberModel member in new MemberReader(context.Compilation, context.CancellationToken).Read(type))
        {
            if (first.TryGetValue(member.Key, out string? other))
            {
                context.ReportDiagnostic(At(type.GetMembers(member.Name)[0].Locations[0], Rule.Broken(member.Name, member.Key, other)));
            }
            else
            {
                first.Add(member.Key, member.Name);
            }
        }
    }
}
