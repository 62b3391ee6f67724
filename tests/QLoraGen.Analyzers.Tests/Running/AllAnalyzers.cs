using System.Collections.Immutable;
using Microsoft.CodeAnalysis.Diagnostics;
using QLoraGen.Generators.Refusing;
using QLoraGen.Rules;

namespace QLoraGen.Analyzers.Tests.Running;

/// <summary>Every analyzer of the project, as the compiler would load them.</summary>
internal static class AllAnalyzers
{
    public static ImmutableArray<DiagnosticAnalyzer> Create() =>
    [
        .. typeof(RuleAnalyzer).Assembly.GetTypes()
            .Where(static type => !type.IsAbstract && type.IsSubclassOf(typeof(DiagnosticAnalyzer)))
            .OrderBy(static type => type.FullName, StringComparer.Ordinal)
            .Select(static type => (DiagnosticAnalyzer)Activator.CreateInstance(type)!),
    ];

    /// <summary>Every rule that one of them or the generator reports, by id.</summary>
    public static IReadOnlyList<Rule> Rules { get; } =
        [.. Create().Cast<RuleAnalyzer>().SelectMany(static analyzer => analyzer.Rules).Concat(Refusals.Rules).Distinct().OrderBy(static rule => rule.Id, StringComparer.Ordinal)];
}
