using System.Text.Json;

namespace QLoraGen.Benchmarks.Typing;

/// <summary>Medians, as a table for people or as one JSON object a row.</summary>
internal sealed class TypingTable(bool json)
{
    public void Head(string title)
    {
        if (!json)
        {
            Console.WriteLine($"{title}\n");
            Console.WriteLine($"{"",-29} {"generator",9} {"analyzers",9} {"together",9} {"busy",8} {"compiler",9} {"added",8} {"ratio",6}   target");
        }
    }

    /// <param name="what">What was done.</param>
    /// <param name="samples">How long it took, each time.</param>
    /// <param name="together">The most seconds that it may take, the compiler's own work included; null for no target.</param>
    /// <param name="added">The most seconds that it may take beside the compiler's own work.</param>
    public void Row(string what, IReadOnlyList<Sample> samples, double? together = null, double? added = null)
    {
        double generator = Of(static s => s.Generator.Seconds), analyzers = Of(static s => s.Analyzers.Seconds), seconds = Of(static s => s.Together.Seconds);
        double busy = Of(static s => s.Together.ProcessorSeconds), more = Of(static s => s.Added);
        double? compiler = samples[0].Compiler is null ? null : Of(static s => s.Compiler!.Value.Seconds), ratio = seconds / compiler;
        bool? met = together is null && added is null ? null : !(seconds >= together) && !(more >= added);
        if (json)
        {
            Console.WriteLine(JsonSerializer.Serialize(new
            {
                what, generator_seconds = generator, analyzers_seconds = analyzers, seconds, processor_seconds = busy,
                baseline = "compiler alone", baseline_seconds = compiler, added_seconds = more, ratio,
                target_seconds = together ?? added, target_of = together is not null ? "seconds" : added is not null ? "added_seconds" : null, met,
            }));
            return;
        }
        string target = met is null ? "" : $"{(added is null ? "together" : "added")} < {1e3 * (together ?? added):F0}: {(met.Value ? "met" : "missed")}";
        Console.WriteLine(
            $"{what,-29} {1e3 * generator,9:F1} {1e3 * analyzers,9:F1} {1e3 * seconds,9:F1} {1e3 * busy,8:F1} {1e3 * compiler,9:F1} {1e3 * more,8:F1} {ratio,6:F2}   {target}");

        double Of(Func<Sample, double> part) => Measure.Median(samples.Select(part));
    }
}
