using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using QLoraGen.Compiling;

namespace QLoraGen.Benchmarks.Typing;

/// <summary>
/// A project as an editor holds it while somebody types: each keystroke starts from what the one before it has left, and is
/// followed by the generator and by the analyzers of the file that is typed in.
/// </summary>
internal sealed class Editor
{
    private readonly ImmutableArray<DiagnosticAnalyzer> analyzers = AllAnalyzers.Create();
    private readonly GeneratedFiles generated = new();
    private readonly ProjectText text;
    private ImmutableArray<AdditionalText> files;
    private Compilation project;
    private Compilation whole;   // with what is generated
    private GeneratorDriver driver;
    private int keystrokes;

    public Editor(string name, ProjectText text)
    {
        this.text = text;
        project = whole = Project.Compile(name, text.Sources);
        files = [.. text.Files.Select(static file => new MemoryFile(file.Path, file.Text))];
        driver = Project.Driver(name, files);
    }

    /// <summary>The generator on everything, then all analyzers on everything.</summary>
    /// <returns>The time, and what is wrong with the project; nothing should be.</returns>
    public (Sample Time, ImmutableArray<Diagnostic> Wrong) Open()
    {
        ImmutableArray<Diagnostic> wrong = [], errors = [];
        Timing generator = Timing.Of(Generate);
        Timing analysis = Timing.Of(() => wrong = Wait(Analysis().GetAnalyzerDiagnosticsAsync()));
        Compilation alone = Project.Compile(project.AssemblyName!, [.. text.Sources, .. generated.Sources]);
        Timing compiler = Timing.Of(() => errors = alone.GetDiagnostics());
        return (new Sample(generator, analysis, compiler), [.. wrong, .. errors]);
    }

    /// <summary>Types a digit, lets the generator run, and asks for the diagnostics of the file.</summary>
    public Sample Type(Place place)
    {
        SyntaxTree before = place.TreeIn(project), after = before.WithChangedText(before.GetText().WithChanges(place.Change(before.ToString(), ++keystrokes)));
        Compilation alone = whole;
        Timing generator = Timing.Of(() =>
        {
            (project, whole) = (project.ReplaceSyntaxTree(before, after), whole.ReplaceSyntaxTree(before, after));
            Generate();
        });
        Timing analysis = Timing.Of(() =>
        {
            CompilationWithAnalyzers run = Analysis();
            Wait(run.GetAnalyzerSyntaxDiagnosticsAsync(after, CancellationToken.None));
            Wait(run.GetAnalyzerSemanticDiagnosticsAsync(run.Compilation.GetSemanticModel(after), filterSpan: null, CancellationToken.None));
        });
        Timing compiler = Timing.Of(() => alone.ReplaceSyntaxTree(before, after).GetSemanticModel(after).GetDiagnostics());
        return new Sample(generator, analysis, compiler);
    }

    /// <summary>Types a digit in an AdditionalFile; to the compiler itself that is nothing.</summary>
    public Sample TypeInFile(Place place)
    {
        AdditionalText before = files.Single(file => place.IsIn(file.Path));
        AdditionalText after = new MemoryFile(before.Path, before.GetText()!.WithChanges(place.Change(before.GetText()!.ToString(), ++keystrokes)).ToString());
        files = files.Replace(before, after);
        Timing generator = Timing.Of(() =>
        {
            driver = driver.ReplaceAdditionalText(before, after);
            Generate();
        });
        return new Sample(generator, Timing.Of(() => Wait(Analysis().GetAnalysisResultAsync(after, CancellationToken.None))), null);
    }

    private void Generate()
    {
        driver = driver.RunGenerators(project);
        whole = generated.Update(whole, driver);
    }

    private CompilationWithAnalyzers Analysis() => whole.WithAnalyzers(analyzers, new AnalyzerOptions(files));

    private static T Wait<T>(Task<T> analysis) => analysis.GetAwaiter().GetResult();
}
