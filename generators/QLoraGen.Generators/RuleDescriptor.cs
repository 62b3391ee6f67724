using Microsoft.CodeAnalysis;
using QLoraGen.Rules;

namespace QLoraGen.Generators;

/// <summary>A rule of the rulebook as Roslyn takes it.</summary>
internal static class RuleDescriptor
{
    /// <param name="rule">The rule.</param>
    /// <param name="tags">Roslyn's own, such as that it is reported at the end of a compilation.</param>
    public static DiagnosticDescriptor Of(Rule rule, params string[] tags) => new(
        rule.Id, rule.Title, rule.Message, rule.Category,
        rule.Severity switch
        {
            RuleSeverity.Error => DiagnosticSeverity.Error,
            RuleSeverity.Warning => DiagnosticSeverity.Warning,
            _ => DiagnosticSeverity.Info,
        },
        isEnabledByDefault: true, helpLinkUri: rule.Page, customTags: tags);
}
