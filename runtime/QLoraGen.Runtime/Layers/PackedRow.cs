using static TorchSharp.torch;

namespace QLoraGen;

/// <summary>
/// Samples one behind the other in a single row of tokens, so that nothing is padded. While it is entered, attention stays within a sample
/// (a block-diagonal mask, of which the empty blocks are not computed) and positions begin anew with each. Backward passes that recompute
/// blocks must be within it too.
/// </summary>
internal sealed class PackedRow : IDisposable
{
    [ThreadStatic]
    private static PackedRow? current;

    private readonly PackedRow? outer = current;
    private readonly long tokens;
    private bool rotated, attended;

    private PackedRow(IReadOnlyList<int> lengths)
    {
        var samples = new (long Start, long Length)[lengths.Count];
        for (int i = 0; i < samples.Length; i++)
        {
            samples[i] = (tokens, lengths[i]);
            tokens += lengths[i];
        }
        Samples = samples;
        current = this;
    }

    /// <summary>Where the samples are.</summary>
    public IReadOnlyList<(long Start, long Length)> Samples { get; }

    /// <summary>Enters a row until the result is disposed of; null, where the rows of a batch are samples.</summary>
    public static PackedRow? Enter(IReadOnlyList<int>? lengths) => lengths is null ? null : new PackedRow(lengths);

    /// <summary>The row of so many tokens that is to be attended in, sample by sample; null where there is none or it is one sample.</summary>
    public static PackedRow? ToAttend(long tokens)
    {
        if (current is not { } row || row.tokens != tokens)
        {
            return null;
        }
        row.attended = true;
        return row.Samples.Count > 1 ? row : null;
    }

    /// <summary>The row of so many tokens whose positions are asked for, likewise.</summary>
    public static PackedRow? ToRotate(long start, long tokens)
    {
        if (start != 0 || current is not { } row || row.tokens != tokens)
        {
            return null;
        }
        row.rotated = true;
        return row.Samples.Count > 1 ? row : null;
    }

    /// <summary>One tensor from what a function gives for each sample.</summary>
    public Tensor Concatenate(int dimension, Func<long, long, Tensor> ofSample) =>
        cat([.. Samples.Select(sample => ofSample(sample.Start, sample.Length))], dimension);

    /// <summary>Makes sure that a model's forward pass kept the samples apart.</summary>
    /// <exception cref="QLoraException">It computes attention or positions by itself.</exception>
    public void RequireHonoured(CausalLM model)
    {
        if (!(rotated && attended))
        {
            throw new QLoraException($"packing is on, but {model.GetType().Name} computes {(attended ? "positions" : "attention")} in a way of its own, "
                + "which would let samples see each other: leave the option out.");
        }
    }

    public void Dispose() => current = outer;
}
