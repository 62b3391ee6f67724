using System.Diagnostics;
using System.Globalization;
using QLoraGen.Checkpoints;
using QLoraGen.Data;
using QLoraGen.Models;

namespace QLoraGen.Benchmarks.Training;

/// <summary>
/// Optimizer steps of a Llama of one of the QLoRA paper's sizes (arXiv 2305.14314, figure 6): batch 1, 512 tokens, r = 64 on every linear
/// layer. Its 4-bit weights are random bytes written straight into the region, so that no checkpoint of that size is needed.
/// </summary>
internal static class MemoryBenchmark
{
    private const int Tokens = 512;

    private static readonly Dictionary<string, LlamaShape> shapes = new()
    {
        ["tiny"] = new(256, 688, 4, 4),
        ["7b-blocks"] = new(4096, 11008, 4, 32),   // four blocks of 7b's, to look closer at
        ["7b"] = new(4096, 11008, 32, 32),
        ["13b"] = new(5120, 13824, 40, 40),
        ["33b"] = new(6656, 17920, 60, 52),
        ["65b"] = new(8192, 22016, 80, 64),
    };

    /// <summary>Trains for a few steps and prints peak resident memory beside the plan.</summary>
    /// <param name="shape">A size's name.</param>
    /// <param name="folder">Where the region is written, or found.</param>
    /// <param name="optimizer">As Transformers' <c>optim</c> names it.</param>
    /// <param name="steps">Optimizer steps.</param>
    public static void Run(string shape, string folder, string optimizer, int steps)
    {
        string path = Path.Combine(folder, shape);
        Directory.CreateDirectory(path);
        shapes[shape].WriteConfig(path, vocabSize: 32_000, eps: 1e-6, tied: false);
        using CausalLM model = Architectures.Create(ConfigFile.Open(path));
        QuantFormat format = model.DeclaredFormat!.Value;
        QuantStateLayout layout = QuantStateLayout.Of(model, format, static _ => TensorDType.BF16);
        model.Take(layout, RandomRegion.Open(Path.Combine(path, "random.region"), layout));
        var lora = new LoraConfig { R = 64, LoraAlpha = 16 };
        model.AddAdapters(lora, seed: 1);
        var options = new TrainingOptions
        {
            Steps = steps, BatchSize = 1, Optimizer = OptimizerTypes.Parse(optimizer), GradientCheckpointing = true, WarmupRatio = 0,
        };
        MemoryPlan plan = MemoryPlan.Of(model, format, lora);
        TrainingMemory memory = TrainingMemory.Of(model, plan, options.Optimizer, Tokens, recomputes: true);
        File.WriteAllText("/proc/self/clear_refs", "5");   // the peak counts from here on
        long start = Stopwatch.GetTimestamp();
        new Trainer(model, options).Run([Sample(model.Config.VocabSize)], step =>
            Console.WriteLine($"step {step.Step}: loss {step.Loss:F4}, {Stopwatch.GetElapsedTime(start).TotalSeconds:F1} s, peak {GB(Peak())} GB"));
        Console.WriteLine($"{shape}, {optimizer}: {plan.Parameters:N0} parameters, {plan.TrainableParameters:N0} trained; plan {GB(memory.TotalBytes)} GB "
            + $"(frozen {GB(memory.FrozenBytes)}, activations {GB(memory.ActivationBytes)}), peak resident {GB(Peak())} GB, "
            + $"{(double)Peak() / memory.TotalBytes:F3} of the plan");
    }

    private static TokenizedSample Sample(int vocabulary)
    {
        var random = new Random(1);
        return new TokenizedSample([.. Enumerable.Range(0, Tokens).Select(_ => random.Next(vocabulary))], LossFrom: 0);
    }

    private static long Peak() => 1024 * long.Parse(
        File.ReadLines("/proc/self/status").First(static line => line.StartsWith("VmHWM", StringComparison.Ordinal)).Split(':')[1].Replace("kB", "", StringComparison.Ordinal),
        CultureInfo.InvariantCulture);

    private static string GB(long bytes) => (bytes / 1e9).ToString("F3", CultureInfo.InvariantCulture);
}
