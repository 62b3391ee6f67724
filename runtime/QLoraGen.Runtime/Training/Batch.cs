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

    /// <summary>Lengths of the samples in a single row; null where each row is a sample.</summary>
    public IReadOnlyList<int>? Lengths { get; init; }

    /// <summary>Lays samples side by side. Attention is causal, so padding on the right changes nothing before it.</summary>
    public static Batch Of(IReadOnlyList<TokenizedSample> samples) => Of(BatchRows.Of(samples));

    /// <summary>Lays samples one behind the other in a single row, without padding; none sees another.</summary>
    public static Batch Packed(IReadOnlyList<TokenizedSample> samples) => Of(BatchRows.Packed(samples));

    internal static Batch Of(BatchRows rows) =>
        new(tensor(rows.Ids), tensor(rows.Labels), rows.LabelCount) { TokenCount = rows.TokenCount, Lengths = rows.Lengths };
}
