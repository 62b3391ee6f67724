using QLoraGen.Data;

namespace QLoraGen;

/// <summary>Samples side by side as plain arrays, which any thread may prepare: what a <see cref="Batch"/> is made of.</summary>
/// <param name="Ids">[batch, tokens].</param>
/// <param name="Labels">[batch, tokens]: the id itself where it is to be predicted.</param>
/// <param name="LabelCount">Number of predicted tokens.</param>
/// <param name="TokenCount">Number of tokens that are no padding.</param>
internal sealed record BatchRows(long[,] Ids, long[,] Labels, long LabelCount, long TokenCount)
{
    /// <summary>Lengths of the samples in a single row; null where each row is a sample.</summary>
    public IReadOnlyList<int>? Lengths { get; init; }

    /// <summary>Lays samples side by side, padded on the right.</summary>
    public static BatchRows Of(IReadOnlyList<TokenizedSample> samples)
    {
        int width = samples.Max(static sample => sample.Ids.Length);
        var ids = new long[samples.Count, width];
        var labels = new long[samples.Count, width];
        long labelCount = 0, tokenCount = 0;
        for (int row = 0; row < samples.Count; row++)
        {
            TokenizedSample sample = samples[row];
            for (int i = 0; i < width; i++)
            {
                ids[row, i] = i < sample.Ids.Length ? sample.Ids[i] : 0;
                labels[row, i] = Batch.Ignored;
            }
            labelCount += Label(sample, labels, row, 0);
            tokenCount += sample.Ids.Length;
        }
        return new BatchRows(ids, labels, labelCount, tokenCount);
    }

    /// <summary>Lays samples one behind the other in a single row.</summary>
    public static BatchRows Packed(IReadOnlyList<TokenizedSample> samples)
    {
        int width = samples.Sum(static sample => sample.Ids.Length), at = 0;
        BatchRows rows = new(new long[1, width], new long[1, width], 0, width) { Lengths = [.. samples.Select(static sample => sample.Ids.Length)] };
        long labelCount = 0;
        foreach (TokenizedSample sample in samples)
        {
            int first = at;
            for (int i = 0; i < sample.Ids.Length; i++, at++)
            {
                rows.Ids[0, at] = sample.Ids[i];
                rows.Labels[0, at] = Batch.Ignored;
            }
            labelCount += Label(sample, rows.Labels, 0, first);
        }
        return rows with { LabelCount = labelCount };
    }

    // Never the first id of a sample, which would be predicted from nothing, or from another sample.
    private static long Label(TokenizedSample sample, long[,] labels, int row, int first)
    {
        long count = 0;
        foreach ((int start, int end) in sample.Learned)
        {
            for (int i = Math.Max(1, start); i < end; i++, count++)
            {
                labels[row, first + i] = sample.Ids[i];
            }
        }
        return count;
    }
}
