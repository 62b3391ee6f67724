using System.Collections.Immutable;
using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;
using QLoraGen.Compiling;

namespace QLoraGen.Benchmarks.Typing;

/// <summary>
/// A project as an editor holds it while somebody types: each keystroke starts from what the one before it has left, and is
/// followed by the generator and by the analyzers of the file that is typed in.
/// </summary>
internal sealed class Editor
{
    private readonly ImmutableArray<DiagnosticAnalyzer> analyzers = AllAnalyzers.Create();
    private readonly ImmutableArray<AdditionalText> files;
    private Compilation project;
    private Compilation whole;   // with what is generated
    private GeneratorDriver driver;
    private int keystrokes;

    public Editor(string name, ProjectText text)
    {
        project = whole = Project.Compile(name, text.Sources);
        files = [.. text.Files.Select(static file => new MemoryFile(file.Path, file.Text))];
        driver = Project.Driver(name, files);
    }

    /// <summary>The generator on everything, then all analyzers on everything.</summary>
    /// <returns>The time, and what is wrong with the project; nothing should be.</returns>
    public (Sample Time, ImmutableArray<Diagnostic> Wrong) Open()
    {
        double generator = Measure.Seconds(Generate);
        ImmutableArray<Diagnostic> wrong = [];
        double analysis = Measure.Seconds(() => wrong = Analysis().GetAnalyzerDiagnosticsAsync().GetAwaiter().GetResult());
        return (new Sample(generator, analysis), wrong);
    }

    /// <summary>What the compiler by itself does of that: it binds everything, with what was generated before.</summary>
    public ImmutableArray<Diagnostic> BindAll() => whole.Clone().GetDiagnostics();

    /// <summary>Types a digit, lets the generator run, and asks for the diagnostics of the file.</summary>
    public Sample Type(Place place)
    {
        SyntaxTree before = place.TreeIn(project), after = Typed(before, place);
        double generator = Measure.Seconds(() =>
        {
            project = project.ReplaceSyntaxTree(before, after);
            Generate();
        });
        return new Sample(generator, Measure.Seconds(() =>
        {
            CompilationWithAnalyzers analysis = Analysis();
            analysis.GetAnalyzerSyntaxDiagnosticsAsync(after, CancellationToken.None).GetAwaiter().GetResult();
            analysis.GetAnalyzerSemanticDiagnosticsAsync(
                analysis.Compilation.GetSemanticModel(after), filterSpan: null, CancellationToken.None).GetAwaiter().GetResult();
        }));
    }

    /// <summary>What the compiler by itself does after such a keystroke: it binds the file.</summary>
    public double Bind(Place place)
    {
        SyntaxTree before = place.TreeIn(whole), after = Typed(before, place);
        return Measure.Seconds(() => whole.ReplaceSyntaxTree(before, after).GetSemanticModel(after).GetDiagnostics());
    }

    private void Generate() => driver = driver.RunGeneratorsAndUpdateCompilation(project, out whole, out _);

    private CompilationWithAnalyzers Analysis() => whole.WithAnalyzers(analyzers, new AnalyzerOptions(files));

    private SyntaxTree Typed(SyntaxTree before, Place place)
    {
        string digit = (1 + (keystrokes++ % 9)).ToString(CultureInfo.InvariantCulture);
        return before.WithChangedText(before.GetText().WithChanges(new TextChange(place.SpanIn(before), digit)));
    }
}

/// <summary>Seconds of the generator and of the analyzers after it.</summary>
internal readonly record struct Sample(double Generator, double Analyzers)
{
    public double Together => Generator + Analyzers;
}

/// <summary>A number in a file of the project.</summary>
/// <param name="File">The file's name.</param>
/// <param name="Before">What stands before the number.</param>
internal sealed record Place(string File, string Before)
{
    public SyntaxTree TreeIn(Compilation project) => project.SyntaxTrees.Single(tree => tree.FilePath.EndsWith($"/{File}", StringComparison.Ordinal));

    public TextSpan SpanIn(SyntaxTree tree)
    {
        string text = tree.ToString();
        int start = text.IndexOf(Before, StringComparison.Ordinal) + Before.Length, end = start;
        while (char.IsAsciiDigit(text[end]))
        {
            end++;
        }
        return TextSpan.FromBounds(start, end);
    }
}
