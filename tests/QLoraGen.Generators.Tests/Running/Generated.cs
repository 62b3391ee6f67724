using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace QLoraGen.Generators.Tests.Running;

/// <summary>What the generator made of some sources.</summary>
internal sealed class Generated
{
    private readonly ImmutableArray<Diagnostic> diagnostics;

    private Generated(GeneratorRunResult run, Compilation output)
    {
        Assert.Null(run.Exception);
        Assert.Empty(run.Diagnostics);
        Files = run.GeneratedSources.ToDictionary(static source => source.HintName, static source => source.SourceText.ToString());
        // CS1591 counts in generated files alone: whether a project documents its own members is the project's affair.
        HashSet<SyntaxTree> generated = [.. run.GeneratedSources.Select(static source => source.SyntaxTree)];
        diagnostics = [.. output.GetDiagnostics().Where(d =>
            d.Severity >= DiagnosticSeverity.Warning && (d.Id != "CS1591" || generated.Contains(d.Location.SourceTree!)))];
    }

    /// <summary>Generated texts by hint name.</summary>
    public IReadOnlyDictionary<string, string> Files { get; }

    /// <summary>The one generated file of a class.</summary>
    public string this[string name] => Files[$"{name}.g.cs"];

    /// <summary>Runs the generator; an exception inside it fails the test.</summary>
    public static Generated From(string source) => From([source]);

    /// <inheritdoc cref="From(string)"/>
    public static Generated From(string[] sources, string? rootNamespace = "Declared.Models")
    {
        GeneratorDriver driver = Driver(rootNamespace)
            .RunGeneratorsAndUpdateCompilation(TestCompilation.Of(sources), out Compilation output, out _);
        return new Generated(Assert.Single(driver.GetRunResult().Results), output);
    }

    /// <summary>A driver that remembers what each step of the pipeline did.</summary>
    public static GeneratorDriver Driver(string? rootNamespace = "Declared.Models") => CSharpGeneratorDriver.Create(
        [new ArchitectureGenerator().AsSourceGenerator()],
        parseOptions: TestCompilation.Parsing,
        optionsProvider: new RootNamespaceOptions(rootNamespace),
        driverOptions: new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true));

    /// <summary>Both halves together compile without an error or a warning.</summary>
    public Generated Compiles()
    {
        Assert.Empty(diagnostics);
        return this;
    }
}
