using static TorchSharp.torch;

namespace QLoraGen;

/// <summary>
/// The loss of next-token prediction, over the labelled tokens alone and a chunk of them at a time: logits [tokens, vocabulary] never
/// exist whole, nor does their gradient.
/// </summary>
public static class LanguageModelLoss
{
    private const long ChunkValues = 16 << 20;   // 64 MB of logits

    /// <summary>What the loss of so many tokens takes at the most: logits, their logarithms of probabilities, and copies on the way.</summary>
    internal static long ChunkBytes(long vocabSize, long tokens) => 4 * sizeof(float) * Math.Min(Math.Max(ChunkValues, vocabSize), tokens * vocabSize);

    /// <summary>Sum of the negative log-likelihoods, in nats, of a batch's labels; keeps nothing for gradients.</summary>
    public static double Sum(CausalLM model, Batch batch)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        using var packed = PackedRow.Enter(Predicting(batch));
        (Tensor hidden, Tensor labels) = Labelled(model, batch, packed);
        double sum = 0;
        foreach ((long start, long count) in Chunks(hidden, model, ChunkValues))
        {
            using var chunk = NewDisposeScope();
            Tensor logits = model.Logits(hidden.narrow(0, start, count));
            sum += CrossEntropy.Sum(logits, labels.narrow(0, start, count), labelSmoothing: 0);
        }
        return sum;
    }

    /// <summary>
    /// Adds the gradient of <paramref name="scale"/> times the summed loss to whatever trains. The gradient of the hidden states is
    /// gathered chunk by chunk, forward and backward of the head together; then it goes back through the model.
    /// </summary>
    /// <param name="model">In training mode, if dropout is to count.</param>
    /// <param name="batch">What is predicted.</param>
    /// <param name="scale">One over the labels of the optimizer step, say.</param>
    /// <param name="labelSmoothing">Share of each label that is spread over the vocabulary.</param>
    /// <returns>The summed loss, not scaled.</returns>
    public static double Backward(CausalLM model, Batch batch, double scale, double labelSmoothing = 0) =>
        Backward(model, batch, scale, labelSmoothing, ChunkValues);

    internal static double Backward(CausalLM model, Batch batch, double scale, double labelSmoothing, long chunkValues)
    {
        using var scope = NewDisposeScope();
        using var packed = PackedRow.Enter(Predicting(batch));
        (Tensor hidden, Tensor labels) = Labelled(model, batch, packed);
        Tensor? gradient = hidden.requires_grad ? empty_like(hidden) : null;
        double sum = 0;
        foreach ((long start, long count) in Chunks(hidden, model, chunkValues))
        {
            using var chunk = NewDisposeScope();
            // A leaf of its own, so that the head's graph dies with the chunk.
            Tensor part = hidden.detach().narrow(0, start, count).requires_grad_(gradient is not null);
            Tensor logits = model.Logits(part);
            (double loss, Tensor logitGradient) = CrossEntropy.WithGradient(logits, labels.narrow(0, start, count), scale, labelSmoothing);
            sum += loss;
            if (logits.requires_grad)
            {
                Autograd.Backward(logits, logitGradient);
                gradient?.narrow(0, start, count).copy_(part.grad!);
            }
        }
        if (gradient is not null)
        {
            Autograd.Backward(hidden, gradient);
        }
        return sum;
    }

    // Hidden states [labels, width] of the tokens before a label, and the labels [labels].
    private static (Tensor Hidden, Tensor Labels) Labelled(CausalLM model, Batch batch, PackedRow? packed)
    {
        long tokens = batch.Ids.shape[1];
        Tensor hidden = model.Hidden(batch.Ids.narrow(1, 0, tokens - 1));
        packed?.RequireHonoured(model);
        Tensor labels = batch.Labels.narrow(1, 1, tokens - 1).reshape(-1).to(hidden.device);
        Tensor rows = labels.ne(Batch.Ignored).nonzero().view(-1);
        return (hidden.reshape(-1, hidden.shape[^1]).index_select(0, rows), labels.index_select(0, rows));
    }

    // The last token of a row predicts nothing, and is not computed.
    private static IReadOnlyList<int>? Predicting(Batch batch) => batch.Lengths is { } lengths ? [.. lengths.SkipLast(1), lengths[^1] - 1] : null;

    private static IEnumerable<(long Start, long Count)> Chunks(Tensor hidden, CausalLM model, long chunkValues)
    {
        long all = hidden.shape[0], most = Math.Max(1, chunkValues / model.Config.VocabSize);
        for (long start = 0; start < all; start += most)
        {
            yield return (start, Math.Min(most, all - start));
        }
    }
}
