using static TorchSharp.torch;

namespace QLoraGen;

/// <summary>The loss of next-token prediction.</summary>
public static class LanguageModelLoss
{
    /// <summary>Sum of the negative log-likelihoods, in nats, of a batch's labels; a scalar.</summary>
    public static Tensor Sum(CausalLM model, Batch batch)
    {
        long tokens = batch.Ids.shape[1];
        Tensor logits = model.Forward(batch.Ids.narrow(1, 0, tokens - 1));
        Tensor labels = batch.Labels.narrow(1, 1, tokens - 1);
        return nn.functional.cross_entropy(
            logits.reshape(-1, logits.shape[^1]), labels.reshape(-1), ignore_index: Batch.Ignored, reduction: nn.Reduction.Sum);
    }
}
