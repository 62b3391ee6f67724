using System.Collections.Immutable;
using System.Diagnostics;
using System.Text.Json;
using Microsoft.CodeAnalysis;

namespace QLoraGen.Benchmarks.Typing;

/// <summary>
/// What the generator and the analyzers cost in a project of 100 models: when it is opened, and at each keystroke; beside
/// what the compiler by itself takes for the same edit.
/// </summary>
internal static class TypingBenchmark
{
    private const int Models = 100, Others = 100;
    private const int ColdRounds = 7, Keystrokes = 31;
    private const string Undocumented = "CS1591";
    private const double WarmUpSeconds = 4;

    public static void Run(bool json)
    {
        var project = new ProjectText("Typed", Models, Others);
        if (!json)
        {
            Console.WriteLine($"{Models} models of 20 layers, {Others} other files; medians in ms, {Environment.ProcessorCount} cores\n");
            Console.WriteLine($"{"what",-34} {"generator",9} {"analyzers",9} {"together",9} {"target",7} {"compiler",9} {"ratio",6}");
        }
        var first = new Editor("Typed", project);
        Report(json, "opened, the process's first", [first.Open().Time], [Measure.Seconds(() => first.BindAll())], null);
        WarmUp();

        List<Sample> cold = [];
        List<double> compiler = [];
        for (int i = 0; i < ColdRounds; i++)
        {
            var editor = new Editor("Typed", project);
            (Sample time, ImmutableArray<Diagnostic> wrong) = editor.Open();
            cold.Add(time);
            ImmutableArray<Diagnostic> errors = [];
            compiler.Add(Measure.Seconds(() => errors = editor.BindAll()));
            RefuseFaults([.. wrong, .. errors.Where(static d => d.Severity >= DiagnosticSeverity.Warning && d.Id != Undocumented)]);
        }
        Report(json, "opened", cold, compiler, 1.0);

        Type(json, first, "key in an unrelated file", new Place("Service50.cs", "int seen = "), 0.050);
        Type(json, first, "key in a Forward", new Place("TypedModel050.cs", "rotary.At(cache?.Length ?? "), null);
        Type(json, first, "key in a declaration (rank)", new Place("TypedModel050.cs", "LoRA(r: "), null);
    }

    private static void Type(bool json, Editor editor, string what, Place place, double? target)
    {
        List<Sample> ours = [];
        List<double> compiler = [];
        for (int i = 0; i < Keystrokes; i++)
        {
            ours.Add(editor.Type(place));
            compiler.Add(editor.Bind(place));
        }
        Report(json, what, ours, compiler, target);
    }

    // Another project, so that nothing but the just-in-time compiler's work is left over from it.
    private static void WarmUp()
    {
        var project = new ProjectText("Warm", 20, 5);
        for (long start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start).TotalSeconds < WarmUpSeconds;)
        {
            var editor = new Editor("Warm", project);
            editor.Open();
            editor.BindAll();
            foreach (Place place in (Place[])[new("Service3.cs", "int seen = "), new("WarmModel003.cs", "LoRA(r: ")])
            {
                editor.Type(place);
                editor.Bind(place);
            }
        }
    }

    private static void RefuseFaults(ImmutableArray<Diagnostic> faults)
    {
        if (!faults.IsEmpty)
        {
            throw new InvalidOperationException($"The project has {faults.Length} faults, and none was meant: {faults[0]}");
        }
    }

    private static void Report(bool json, string what, IReadOnlyList<Sample> ours, IReadOnlyList<double> compiler, double? target)
    {
        double generator = Measure.Median(ours.Select(static s => s.Generator)), analyzers = Measure.Median(ours.Select(static s => s.Analyzers));
        double seconds = Measure.Median(ours.Select(static s => s.Together)), baseline = Measure.Median(compiler), ratio = seconds / baseline;
        Console.WriteLine(json
            ? JsonSerializer.Serialize(new
            {
                what, models = Models, generator_seconds = generator, analyzers_seconds = analyzers, seconds, target_seconds = target,
                met = target is null ? (bool?)null : seconds < target, baseline = "compiler alone", baseline_seconds = baseline, ratio,
            })
            : $"{what,-34} {1e3 * generator,9:F1} {1e3 * analyzers,9:F1} {1e3 * seconds,9:F1} {1e3 * target,7:F0} {1e3 * baseline,9:F1} {ratio,6:F2}");
    }
}
