using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Testing;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Testing;
using QLoraGen.Generators;

namespace QLoraGen.Analyzers.Tests.Running;

/// <summary>
/// All analyzers, after the generator, on a project as the SDK would compile it. Marked spans are what must be reported,
/// and nothing else may be; errors of the compiler itself are not looked at.
/// </summary>
internal sealed class AnalyzerRun : CSharpAnalyzerTest<EmptyDiagnosticAnalyzer, DefaultVerifier>
{
    public AnalyzerRun(params IEnumerable<KeyValuePair<string, string>> files)
    {
        ReferenceAssemblies = new ReferenceAssemblies("net10.0");
        TestBehaviors = TestBehaviors.SkipGeneratedSourcesCheck | TestBehaviors.SkipGeneratedCodeCheck | TestBehaviors.SkipSuppressionCheck;
        CompilerDiagnostics = CompilerDiagnostics.None;
        MarkupOptions = MarkupOptions.UseFirstDescriptor;   // several analyzers report one rule: on attributes and in files
        TestState.AdditionalReferences.AddRange(References.All);
        TestState.Sources.Add(("GlobalUsings.cs", References.ImplicitUsings));
        foreach ((string name, string text) in files)
        {
            if (name.EndsWith(".cs", StringComparison.Ordinal))
            {
                TestState.Sources.Add((name, text));
            }
            else
            {
                TestState.AdditionalFiles.Add((name, text));
            }
        }
    }

    /// <summary>Checks C# source alone.</summary>
    public static Task Of(string source) => new AnalyzerRun([new("Declared.cs", source)]).RunAsync();

    protected override IEnumerable<DiagnosticAnalyzer> GetDiagnosticAnalyzers() => AllAnalyzers.Create();

    protected override IEnumerable<Type> GetSourceGenerators() => [typeof(ArchitectureGenerator)];

    protected override CompilationOptions CreateCompilationOptions() =>
        ((CSharpCompilationOptions)base.CreateCompilationOptions()).WithNullableContextOptions(NullableContextOptions.Enable);
}
