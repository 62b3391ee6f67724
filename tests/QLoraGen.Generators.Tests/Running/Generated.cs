using System.Collections.Immutable;
using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Emit;

namespace QLoraGen.Generators.Tests.Running;

/// <summary>What the generator made of some sources.</summary>
internal sealed class Generated
{
    private readonly ImmutableArray<Diagnostic> diagnostics;

    private readonly Compilation output;

    private Generated(GeneratorRunResult run, Compilation output)
    {
        this.output = output;
        Assert.Null(run.Exception);
        Refused = [.. run.Diagnostics.Select(static refused => refused.Id)];
        Files = run.GeneratedSources.ToDictionary(static source => source.HintName, static source => source.SourceText.ToString());
        // CS1591 counts in generated files alone: whether a project documents its own members is the project's affair.
        HashSet<SyntaxTree> generated = [.. run.GeneratedSources.Select(static source => source.SyntaxTree)];
        diagnostics = [.. output.GetDiagnostics().Where(d =>
            d.Severity >= DiagnosticSeverity.Warning && (d.Id != "CS1591" || generated.Contains(d.Location.SourceTree!)))];
    }

    /// <summary>Generated texts by hint name.</summary>
    public IReadOnlyDictionary<string, string> Files { get; }

    /// <summary>The rules by which classes were refused.</summary>
    public IReadOnlyList<string> Refused { get; }

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

    /// <summary>Runs the generator on a project that uses QLoraGen.Models from its assembly and has additional files.</summary>
    /// <param name="source">The project's own source.</param>
    /// <param name="files">Additional files, path and text.</param>
    public static Generated FromUser(string source, params (string Path, string Text)[] files)
    {
        GeneratorDriver driver = Driver("Declared.Models", files.Select(static file => new MemoryFile(file.Path, file.Text)))
            .RunGeneratorsAndUpdateCompilation(TestCompilation.OfUser(source), out Compilation output, out _);
        return new Generated(Assert.Single(driver.GetRunResult().Results), output);
    }

    /// <summary>The project as a loaded assembly.</summary>
    public Assembly Load()
    {
        using var image = new MemoryStream();
        EmitResult result = output.Emit(image);
        Assert.True(result.Success, string.Join(Environment.NewLine, result.Diagnostics));
        return Assembly.Load(image.ToArray());
    }

    /// <summary>A driver that remembers what each step of the pipeline did.</summary>
    public static GeneratorDriver Driver(string? rootNamespace = "Declared.Models", params IEnumerable<AdditionalText> files) =>
        Project.Driver(rootNamespace, files, trackSteps: true);

    /// <summary>Both halves together compile without an error or a warning.</summary>
    public Generated Compiles()
    {
        Assert.Empty(Refused);
        Assert.Empty(diagnostics);
        return this;
    }
}
