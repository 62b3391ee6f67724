using QLoraGen.Checkpoints;
using QLoraGen.Data;
using QLoraGen.Models;
using QLoraGen.Tokenization;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace QLoraGen.Benchmarks.Training;

/// <summary>
/// What fine-tuning loses by frozen weights in 4 bits, as the QLoRA paper's tables 3 and 4 ask it (arXiv 2305.14314): the held-out loss after
/// the same steps, of all weights trained, of LoRA on weights in full precision, and of LoRA on three 4-bit formats; then over ranks.
/// </summary>
internal static class QualityBenchmark
{
    private const int Seeds = 3, Rank = 16, BatchSize = 16, MaxLength = 128;
    private static readonly double[] rates = [1e-3, 2e-3, 4e-3, 8e-3];
    private static readonly int[] ranks = [2, 4, 8, 16, 32, 64];

    /// <summary>Prints both tables.</summary>
    /// <param name="folder">The base model.</param>
    /// <param name="data">What is learned.</param>
    /// <param name="heldOut">What the loss is measured on.</param>
    /// <param name="steps">Optimizer steps of each run.</param>
    public static void Run(string folder, string data, string heldOut, int steps)
    {
        var tokenizer = Tokenizer.Load(folder);
        var runs = new Runs(folder, Encode(tokenizer, data), Encode(tokenizer, heldOut), steps);
        Console.WriteLine($"{folder}: {steps} steps of {BatchSize} samples; held-out loss before: {runs.Before():F4}");
        // Each has the rate that is best for its first seed; QLoRA has LoRA's, since the question is what the format changes.
        double whole = Best(rate => runs.Whole(rate, seed: 1)), lora = Best(rate => runs.Lora(null, Rank, rate, seed: 1));
        Console.WriteLine($"{"",-28} {"lr",7} {"mean",8} {"spread",8}   each seed");
        Row("all weights, fp32", whole, seed => runs.Whole(whole, seed));
        Row($"LoRA r={Rank}, fp32 weights", lora, seed => runs.Lora(null, Rank, lora, seed));
        foreach (QuantFormat format in (QuantFormat[])[new(QuantType.NF4), new(QuantType.NF4, DoubleQuant: false), new(QuantType.FP4), new(QuantType.INT4)])
        {
            Row($"QLoRA r={Rank}, {format.Type}{(format.DoubleQuant ? " + DQ" : "")}", lora, seed => runs.Lora(format, Rank, lora, seed));
        }
        foreach (int r in ranks)
        {
            Row($"QLoRA r={r}, NF4 + DQ", lora, seed => runs.Lora(new(QuantType.NF4), r, lora, seed), seeds: 1);
        }
    }

    private static double Best(Func<double, double> loss) => rates.MinBy(loss);

    private static void Row(string name, double rate, Func<int, double> run, int seeds = Seeds)
    {
        double[] losses = [.. Enumerable.Range(1, seeds).Select(run)];
        Console.WriteLine($"{name,-28} {rate,7:G2} {losses.Average(),8:F4} {losses.Max() - losses.Min(),8:F4}   {string.Join(' ', losses.Select(static loss => $"{loss:F4}"))}");
    }

    private static IReadOnlyList<TokenizedSample> Encode(Tokenizer tokenizer, string path)
    {
        Dataset dataset = Dataset.Read(path);
        return dataset.Kind == DatasetKind.Document
            ? SampleEncoder.Chunk(tokenizer, dataset.Samples[0].Completion, MaxLength)
            : SampleEncoder.EncodeAll(tokenizer, dataset, MaxLength).Samples;
    }

    /// <summary>Runs from the same start, each to its held-out loss, in nats a token.</summary>
    private sealed record Runs(string Folder, IReadOnlyList<TokenizedSample> Samples, IReadOnlyList<TokenizedSample> HeldOut, int Steps)
    {
        public double Before()
        {
            using CausalLM model = Load(null);
            return Perplexity.Measure(model, HeldOut).MeanNll;
        }

        public double Whole(double rate, int seed)
        {
            using CausalLM stored = Load(null), model = Architectures.Create(ConfigFile.Open(Folder));
            model.Initialize(seed);   // in fp32, whatever the checkpoint's type is
            Parameter[] weights = [.. model.Layout!.Entries.Select(static entry => entry.Tensor.Dense!)];
            using (no_grad())
            {
                foreach ((Parameter weight, LayoutEntry entry) in weights.Zip(stored.Layout!.Entries))
                {
                    weight.copy_(entry.Tensor.Dense!);
                }
            }
            Array.ForEach(weights, static weight => weight.requires_grad = true);
            return Trained(model, new Trainer(model, Options(rate, seed), weights));
        }

        public double Lora(QuantFormat? format, int r, double rate, int seed)
        {
            using CausalLM model = Load(format);
            model.AddAdapters(new LoraConfig { R = r, LoraAlpha = 2 * r }, seed);
            return Trained(model, new Trainer(model, Options(rate, seed)));
        }

        private CausalLM Load(QuantFormat? format)
        {
            CausalLM model = Architectures.Create(ConfigFile.Open(Folder));
            using Checkpoint checkpoint = Checkpoint.Open(Folder);
            model.LoadFrozen(checkpoint, format);
            return model;
        }

        private TrainingOptions Options(double rate, int seed) => new() { Steps = Steps, BatchSize = BatchSize, LearningRate = rate, Seed = seed };

        private double Trained(CausalLM model, Trainer trainer)
        {
            trainer.Run(Samples);
            return Perplexity.Measure(model, HeldOut).MeanNll;
        }
    }
}
