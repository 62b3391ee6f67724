using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using QLoraGen.Generators;
using QLoraGen.Rules;

namespace QLoraGen.Analyzers;

/// <summary>An analyzer of one fault: reports rules of the rulebook.</summary>
/// <param name="rules">What it may report.</param>
public abstract class RuleAnalyzer(params Rule[] rules) : DiagnosticAnalyzer
{
    /// <summary>The property of a diagnostic that tells its code fix what to write.</summary>
    public const string FixProperty = "fix";

    private ImmutableDictionary<string, DiagnosticDescriptor>? descriptors;

    /// <summary>The rules that it may report.</summary>
    public ImmutableArray<Rule> Rules { get; } = [.. rules];

    /// <inheritdoc/>
    public sealed override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [.. Descriptors.Values];

    /// <inheritdoc/>
    public sealed override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterCompilationStartAction(start =>
        {
            if (start.Compilation.GetTypeByMetadataName(KnownNames.ModuleBase) is not null)   // else the project has no models
            {
                Start(start);
            }
        });
    }

    /// <summary>Registers what is looked at in a project that knows the runtime.</summary>
    protected abstract void Start(CompilationStartAnalysisContext context);

    /// <summary>The fault as a diagnostic at a place.</summary>
    protected Diagnostic At(Location? location, Fault fault) => Diagnostic.Create(
        Descriptors[fault.Rule.Id], location,
        fault.Fix is null ? null : ImmutableDictionary<string, string?>.Empty.Add(FixProperty, fault.Fix),
        [.. fault.Arguments]);

    /// <summary>Whether a whole project must have been seen before anything is reported.</summary>
    protected virtual bool ReportsAtEnd => false;

    private ImmutableDictionary<string, DiagnosticDescriptor> Descriptors =>
        descriptors ??= Rules.ToImmutableDictionary(
            static rule => rule.Id, rule => RuleDescriptor.Of(rule, ReportsAtEnd ? [WellKnownDiagnosticTags.CompilationEnd] : []));
}
