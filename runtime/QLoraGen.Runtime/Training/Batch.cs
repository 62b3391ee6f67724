using QLoraGen.Data;
using static TorchSharp.torch;

namespace QLoraGen;

/// <summary>Samples side by side, padded on the right; what is not learned has the label -100.</summary>
/// <param name="Ids">[batch, tokens], int64.</param>
/// <param name="Labels">[batch, tokens], int64: the id itself where it is to be predicted.</param>
/// <param name="LabelCount">Number of predicted tokens.</param>
public sealed record Batch(Tensor Ids, Tensor Labels, long LabelCount)
{
    /// <summary>The label that the loss passes over, as in PyTorch.</summary>
    public const long Ignored = -100;

    /// <summary>Number of tokens that are no padding.</summary>
    public required long TokenCount { get; init; }

    /// <summary>Lays samples side by side. Attention is causal, so padding on the right changes nothing before it.</summary>
    public static Batch Of(IReadOnlyList<TokenizedSample> samples)
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
                bool learned = i < sample.Ids.Length && i >= Math.Max(1, sample.LossFrom);
                ids[row, i] = i < sample.Ids.Length ? sample.Ids[i] : 0;
                labels[row, i] = learned ? sample.Ids[i] : Ignored;
                labelCount += learned ? 1 : 0;
            }
            tokenCount += sample.Ids.Length;
        }
        return new Batch(tensor(ids), tensor(labels), labelCount) { TokenCount = tokenCount };
    }
}
