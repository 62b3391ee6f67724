using QLoraGen.Data;
using static TorchSharp.torch;

namespace QLoraGen;

/// <summary>The gradient of one optimizer step, over all its forward passes.</summary>
/// <param name="model">What is trained.</param>
/// <param name="options">Seed and label smoothing.</param>
internal sealed class GradientPass(CausalLM model, TrainingOptions options)
{
    /// <summary>Adds the gradient of a step's mean loss to what trains, and gives that loss.</summary>
    /// <param name="data">What is learned from.</param>
    /// <param name="step">From 0.</param>
    public double Run(StepData data, int step)
    {
        // Each pass is divided by the labels of the whole step, so that accumulation changes nothing but memory.
        long labels = Math.Max(1, data.Rows.Sum(static rows => rows.LabelCount));
        double sum = 0;
        foreach ((int pass, BatchRows rows) in data.Rows.Index())
        {
            using var scope = NewDisposeScope();
            sum += Run(Batch.Of(rows), step, pass, 1.0 / labels);
        }
        return sum / labels;
    }

    /// <summary>Adds the gradient of one forward pass, and gives its summed loss.</summary>
    public double Run(Batch batch, int step, int pass, double scale)
    {
        // The state of torch's generator is a matter of the step's number: whoever goes on from a checkpoint draws the same.
        manual_seed((long)(SeededRandom.Mix(SeededRandom.Mix((ulong)options.Seed) + (((ulong)step << 20) | (uint)pass)) >> 1));
        return LanguageModelLoss.Backward(model, batch, scale, options.LabelSmoothing);
    }
}
