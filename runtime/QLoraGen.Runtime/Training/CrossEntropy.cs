using static TorchSharp.torch;

namespace QLoraGen;

/// <summary>Cross-entropy with label smoothing, and its gradient in closed form: one buffer of the logits' size, not autograd's four.</summary>
internal static class CrossEntropy
{
    /// <summary>The summed loss of logits [labels, vocabulary].</summary>
    public static double Sum(Tensor logits, Tensor labels, double labelSmoothing)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        return Loss(LogProbabilities(logits), labels.unsqueeze(1), labelSmoothing);
    }

    /// <summary>The summed loss, and the gradient of <paramref name="scale"/> times it: softmax less the smoothed label.</summary>
    public static (double Loss, Tensor Gradient) WithGradient(Tensor logits, Tensor labels, double scale, double labelSmoothing)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        Tensor values = LogProbabilities(logits), index = labels.unsqueeze(1);
        double loss = Loss(values, index, labelSmoothing);
        values.exp_();
        if (labelSmoothing > 0)
        {
            values.sub_(labelSmoothing / logits.shape[1]);
        }
        values.scatter_add_(1, index, full(index.shape, labelSmoothing - 1, ScalarType.Float32, index.device)).mul_(scale);
        return (loss, values.to(logits.dtype).MoveToOuterDisposeScope());
    }

    private static Tensor LogProbabilities(Tensor logits) => nn.functional.log_softmax(logits.detach().to(ScalarType.Float32), 1);

    private static double Loss(Tensor logProbabilities, Tensor index, double labelSmoothing)
    {
        double loss = -(1 - labelSmoothing) * Total(logProbabilities.gather(1, index));
        return labelSmoothing > 0 ? loss - (labelSmoothing * Total(logProbabilities.mean([1]))) : loss;
    }

    private static double Total(Tensor values) => values.to(ScalarType.Float64).sum().item<double>();
}
