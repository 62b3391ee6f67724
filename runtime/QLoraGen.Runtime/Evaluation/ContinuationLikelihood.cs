using static TorchSharp.torch;

namespace QLoraGen;

/// <summary>How likely a model finds texts that go on from one prompt.</summary>
public static class ContinuationLikelihood
{
    /// <summary>The log-likelihood of each continuation, in nats: the sum over its tokens, each given the prompt and those before it.</summary>
    /// <param name="model">The model, with its weights; measured without dropout.</param>
    /// <param name="prompt">At least one token.</param>
    /// <param name="continuations">Each of at least one token.</param>
    public static double[] Measure(CausalLM model, IReadOnlyList<int> prompt, IReadOnlyList<IReadOnlyList<int>> continuations)
    {
        ArgumentOutOfRangeException.ThrowIfZero(prompt.Count);
        bool training = model.training;
        model.eval();
        try
        {
            using var scope = NewDisposeScope();
            using var _ = no_grad();
            // A token's likelihood is told by the one before it, so the last one is not read: single letters share one row.
            int[][] read = [.. continuations.Select(static tokens => tokens.SkipLast(1).ToArray())];
            List<int[]> rows = [];
            int[] rowOf = [.. read.Select(tokens => RowOf(rows, tokens))];
            Tensor hidden = model.Hidden(tensor(Padded(prompt, rows)));
            return [.. continuations.Select((tokens, i) => Sum(model, hidden[rowOf[i]].narrow(0, prompt.Count - 1, tokens.Count), tokens))];
        }
        finally
        {
            model.train(training);
        }
    }

    private static int RowOf(List<int[]> rows, int[] tokens)
    {
        int row = rows.FindIndex(tokens.SequenceEqual);
        if (row < 0)
        {
            row = rows.Count;
            rows.Add(tokens);
        }
        return row;
    }

    // Padded on the right: attention is causal, so that nothing before it changes.
    private static long[,] Padded(IReadOnlyList<int> prompt, List<int[]> rows)
    {
        var ids = new long[rows.Count, prompt.Count + rows.Max(static row => row.Length)];
        for (int row = 0; row < rows.Count; row++)
        {
            foreach ((int i, int id) in prompt.Concat(rows[row]).Index())
            {
                ids[row, i] = id;
            }
        }
        return ids;
    }

    private static double Sum(CausalLM model, Tensor hidden, IReadOnlyList<int> tokens)
    {
        Tensor labels = tensor([.. tokens.Select(static id => (long)id)], device: hidden.device);
        return -CrossEntropy.Sum(model.Logits(hidden), labels, labelSmoothing: 0);
    }
}
