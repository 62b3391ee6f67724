using QLoraGen.Checkpoints;
using QLoraGen.Data;
using QLoraGen.Kernels;
using QLoraGen.Models;
using static TorchSharp.torch;

namespace QLoraGen.Benchmarks.Training;

/// <summary>
/// One training step of 1,024 tokens with r = 16 on every linear layer: on the model in NF4, and on the same one dense in fp32, whose products
/// are libtorch's. Then where the time goes, each part alone.
/// </summary>
internal static class StepBenchmark
{
    private const int Samples = 4, Tokens = 256;
    private static readonly LoraConfig lora = new() { R = 16, LoraAlpha = 32 };

    /// <summary>Prints tokens a second of both, and the table of parts.</summary>
    /// <param name="folder">A model, such as <c>random-llama</c> writes.</param>
    public static void Run(string folder)
    {
        using CausalLM quantized = Architectures.Create(ConfigFile.Open(folder)), dense = Architectures.Create(ConfigFile.Open(folder));
        using (Checkpoint checkpoint = Checkpoint.Open(folder))
        {
            quantized.LoadFrozen(checkpoint, new QuantFormat(QuantType.NF4));
        }
        dense.Initialize(seed: 1);
        Steps ours = new(quantized), baseline = new(dense);
        Print(ours, baseline, "step", static steps => steps.Step());
        Console.WriteLine($"weights: {quantized.Layout!.Length:N0} bytes in NF4 and the checkpoint's own type, {dense.Layout!.Length:N0} dense, "
            + $"of them in linear layers {Linear(quantized):N0} and {Linear(dense):N0}");
        Print(ours, baseline, "  blocks, both ways", static steps => steps.Blocks());
        Print(ours, baseline, "    linear layers, both ways", static steps => steps.LinearLayers());
        Print(ours, baseline, "    linear layers, forward", static steps => steps.LinearForward());
        Print(ours, baseline, "  optimizer", static steps => steps.Optimize());
    }

    private static long Linear(CausalLM model) =>
        model.Layout!.Entries.Where(static entry => entry.Name.EndsWith("proj.weight", StringComparison.Ordinal)).Sum(static entry => entry.Slot.Length);

    private static void Print(Steps ours, Steps baseline, string part, Action<Steps> run)
    {
        (double seconds, double dense) = Measure.InTurn(() => run(ours), () => run(baseline));
        Console.WriteLine($"{part,-30} NF4 {seconds * 1e3,8:F1} ms {Samples * Tokens / seconds,8:F0} tokens/s   "
            + $"dense fp32 {dense * 1e3,8:F1} ms {Samples * Tokens / dense,8:F0} tokens/s   speed ratio {dense / seconds:F3}");
    }

    private sealed class Steps
    {
        private readonly CausalLM model;
        private readonly Optimizer optimizer;
        private readonly Batch batch;
        private readonly List<(Linear Layer, Tensor X)> layers;
        private int step;

        public Steps(CausalLM model)
        {
            this.model = model;
            optimizer = Optimizer.Create(OptimizerType.AdamW, TrainedTensor.Of(model.AddAdapters(lora, seed: 1), loraPlusRatio: 1));
            var random = new Random(1);
            batch = Batch.Of([.. Enumerable.Range(0, Samples).Select(_ =>
                new TokenizedSample([.. Enumerable.Range(0, Tokens).Select(_ => random.Next(model.Config.VocabSize))], LossFrom: 0))]);
            layers = [.. model.modules().OfType<Linear>().Where(static layer => layer.Adapter is not null)
                .Select(static layer => (layer, randn(Samples * Tokens, layer.InFeatures, requires_grad: true)))];
        }

        public void Step()
        {
            LanguageModelLoss.Backward(model, batch, scale: 1.0 / batch.LabelCount);
            Optimize();
        }

        public void Optimize()
        {
            optimizer.Step(new AdamWStep(++step, LearningRate: 1e-4));
            optimizer.ZeroGradients();
        }

        public void Blocks()
        {
            using var scope = NewDisposeScope();
            Tensor hidden = model.Hidden(batch.Ids);
            Autograd.Backward(hidden, randn_like(hidden));
        }

        public void LinearLayers()
        {
            foreach ((Linear layer, Tensor x) in layers)
            {
                using var scope = NewDisposeScope();
                Tensor y = layer.Forward(x);
                Autograd.Backward(y, randn_like(y));
            }
        }

        public void LinearForward()
        {
            using var _ = no_grad();
            foreach ((Linear layer, Tensor x) in layers)
            {
                layer.Forward(x).Dispose();
            }
        }
    }
}
