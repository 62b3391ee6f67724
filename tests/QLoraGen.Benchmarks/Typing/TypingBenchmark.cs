using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace QLoraGen.Benchmarks.Typing;

/// <summary>
/// What the generator and the analyzers cost in a project of 100 models: when it is opened, and at each keystroke; beside
/// what the compiler by itself takes for the same edit.
/// </summary>
internal static class TypingBenchmark
{
    private const int Models = 100, Others = 100;
    private const int WarmUpRounds = 12, ColdRounds = 7, Keystrokes = 41;

    // Opening a project binds all of it, whoever asks; what counts is what we add. A keystroke counts whole.
    private const double OpenTarget = 1, KeyTarget = 0.050;

    public static void Run(bool json)
    {
        var table = new TypingTable(json);
        table.Head($"{Models} models of 20 layers in {Models} files, {Others} other files; {Environment.ProcessorCount} cores; medians in ms");
        var project = new ProjectText("Typed", Models, Others);
        var editor = new Editor("Typed", project);
        table.Row("opened, the process's first", [editor.Open().Time]);
        WarmUp();
        table.Row("opened", [.. Enumerable.Range(0, ColdRounds).Select(_ => Opened(new Editor("Typed", project)))], added: OpenTarget);

        Typed("key in an unrelated file", new Place("Service50.cs", "int seen = "), KeyTarget);
        Typed("key in a Forward", new Place("TypedModel050.cs", "rotary.At(cache?.Length ?? "));
        Typed("key in a declaration (rank)", new Place("TypedModel050.cs", "LoRA(r: "));
        table.Row("key in a config.json", [.. Enumerable.Range(0, Keystrokes).Select(
            _ => editor.TypeInFile(new Place("typedmodel050.config.json", "\"max_position_embeddings\": ")))]);

        void Typed(string what, Place place, double? target = null) =>
            table.Row(what, [.. Enumerable.Range(0, Keystrokes).Select(_ => editor.Type(place))], together: target);
    }

    // Another project, so that nothing but the just-in-time compiler's work is left over from it.
    private static void WarmUp()
    {
        for (int round = 0; round < WarmUpRounds; round++)
        {
            var editor = new Editor("Warm", new ProjectText("Warm", 20, 20));
            editor.Open();
            for (int i = 0; i < 5; i++)
            {
                editor.Type(new Place("Service3.cs", "int seen = "));
                editor.Type(new Place("WarmModel003.cs", "LoRA(r: "));
                editor.TypeInFile(new Place("warmmodel000.config.json", "\"hidden_size\": "));
            }
        }
    }

    private static Sample Opened(Editor editor)
    {
        (Sample time, ImmutableArray<Diagnostic> faults) = editor.Open();
        // Its public members are not documented.
        Diagnostic? wrong = faults.FirstOrDefault(static fault => fault.Severity >= DiagnosticSeverity.Warning && fault.Id != "CS1591");
        return wrong is null ? time : throw new InvalidOperationException($"The project has a fault, and none was meant: {wrong}");
    }
}
