using QLoraGen.Data;
using QLoraGen.Kernels;
using QLoraGen.Native;
using static TorchSharp.torch;

namespace QLoraGen;

/// <summary>Where a loss or gradient stopped being finite: the step is taken again, sample by sample.</summary>
/// <param name="model">The model, its parameters as they were when it happened.</param>
/// <param name="optimizer">Of what trains.</param>
/// <param name="pass">How the step was computed.</param>
internal sealed unsafe class NonFiniteSearch(CausalLM model, Optimizer optimizer, GradientPass pass)
{
    /// <summary>The place in words: a parameter, or a layer and a sample.</summary>
    /// <param name="data">What the step learned from.</param>
    /// <param name="samples">All samples, by whose number one is named.</param>
    /// <param name="step">From 0.</param>
    public string Explain(StepData data, IReadOnlyList<TokenizedSample> samples, int step)
    {
        if (optimizer.Tensors.FirstOrDefault(static tensor => !IsFinite(tensor.Value, tensor.Count)) is { } spoilt)
        {
            return $"{spoilt.Name} itself is not finite";
        }
        foreach ((int number, IReadOnlyList<TokenizedSample> together) in data.Passes.Index())
        {
            foreach (TokenizedSample sample in together)
            {
                if (Layer(sample, step, number) is { } layer)
                {
                    int row = samples.Index().First(other => ReferenceEquals(other.Item, sample)).Index;
                    return $"{layer}, in sample {row + 1} ({sample.Ids.Length} tokens)";
                }
            }
        }
        return "only where the samples are taken together";
    }

    private string? Layer(TokenizedSample sample, int step, int number)
    {
        using var scope = NewDisposeScope();
        optimizer.ZeroGradients();
        string? first = null;
        foreach ((string name, IBlocks blocks) in Blocks())
        {
            blocks.Watch = (i, output) => first ??= output.isfinite().all().item<bool>() ? null : $"the output of {name}.{i}";
        }
        try
        {
            Batch batch = Batch.Of([sample]);
            double loss = pass.Run(batch, step, number, 1.0 / Math.Max(1, batch.LabelCount));
            // Gradients come from the last layer to the first: the last one is where it began.
            return first ?? (double.IsFinite(loss) ? Gradient() : "the logits");
        }
        finally
        {
            foreach ((_, IBlocks blocks) in Blocks())
            {
                blocks.Watch = null;
            }
            optimizer.ZeroGradients();
        }
    }

    private IEnumerable<(string Name, IBlocks Blocks)> Blocks() => model.named_modules()
        .Where(static named => named.module is IBlocks).Select(static named => (named.name, (IBlocks)named.module));

    private string? Gradient() =>
        optimizer.Tensors.LastOrDefault(static tensor => tensor.Value.grad is { } gradient && !IsFinite(gradient, tensor.Count)) is { } spoilt
            ? $"the gradient of {spoilt.Name}" : null;

    private static bool IsFinite(Tensor values, long count) => double.IsFinite(GradientNorm.SumOfSquares(TensorMemory.Floats(values), count));
}
