using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Testing;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Testing;
using QLoraGen.CodeFixes;
using QLoraGen.Generators;

namespace QLoraGen.Analyzers.Tests.Running;

/// <summary>The fix of the one fault in some files, as an editor would apply it.</summary>
internal sealed class FixRun : CSharpCodeFixTest<EmptyDiagnosticAnalyzer, EmptyCodeFixProvider, DefaultVerifier>
{
    public FixRun(FaultFolder folder)
    {
        ReferenceAssemblies = new ReferenceAssemblies("net10.0");
        TestBehaviors = TestBehaviors.SkipGeneratedSourcesCheck | TestBehaviors.SkipGeneratedCodeCheck | TestBehaviors.SkipSuppressionCheck;
        CompilerDiagnostics = CompilerDiagnostics.None;
        MarkupOptions = MarkupOptions.UseFirstDescriptor;   // several analyzers report one rule: on attributes and in files
        CodeActionValidationMode = CodeActionValidationMode.None;   // what the parser makes of a text is as good as what a factory makes
        TestState.AdditionalReferences.AddRange(References.All);
        Fill(TestState, folder.Fault);
        Fill(FixedState, folder.Mended);
    }

    /// <summary>Every fix of the project.</summary>
    public static IReadOnlyList<CodeFixProvider> All { get; } =
    [
        .. typeof(MakePartial).Assembly.GetTypes().Where(static type => !type.IsAbstract && type.IsSubclassOf(typeof(CodeFixProvider)))
            .Select(static type => (CodeFixProvider)Activator.CreateInstance(type)!),
    ];

    /// <summary>The rules that have a fix.</summary>
    public static ImmutableHashSet<string> Ids { get; } = [.. All.SelectMany(static fix => fix.FixableDiagnosticIds)];

    protected override IEnumerable<DiagnosticAnalyzer> GetDiagnosticAnalyzers() => AllAnalyzers.Create();

    protected override IEnumerable<CodeFixProvider> GetCodeFixProviders() => All;

    protected override IEnumerable<Type> GetSourceGenerators() => [typeof(ArchitectureGenerator)];

    protected override CompilationOptions CreateCompilationOptions() =>
        ((CSharpCompilationOptions)base.CreateCompilationOptions()).WithNullableContextOptions(NullableContextOptions.Enable);

    private static void Fill(SolutionState state, IReadOnlyDictionary<string, string> files)
    {
        state.Sources.Add(("GlobalUsings.cs", References.ImplicitUsings));
        foreach ((string name, string text) in files)
        {
            if (name.EndsWith(".cs", StringComparison.Ordinal))
            {
                state.Sources.Add((name, text));
            }
            else
            {
                state.AdditionalFiles.Add((name, text));
            }
        }
    }
}
