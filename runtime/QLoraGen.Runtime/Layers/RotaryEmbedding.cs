using TorchSharp;
using static TorchSharp.torch;

namespace QLoraGen;

/// <summary>Cosines and sines [positions, width] that rotate queries and keys.</summary>
public readonly record struct Rotation(Tensor Cos, Tensor Sin)
{
    /// <summary>
    /// Rotates x [batch, heads, positions, headDim] in half-split pairs (i, i + width / 2), as Hugging Face
    /// checkpoints store q and k. Of a head that is wider than the rotation the rest stays as it is.
    /// </summary>
    public Tensor Apply(Tensor x)
    {
        if (Fusing.Takes(x) && x.dim() == 4)
        {
            return FusedRotation.Apply(x, this);
        }
        long width = Cos.shape[^1], rest = x.shape[^1] - width;
        if (rest > 0)
        {
            return cat([Apply(x.narrow(-1, 0, width)), x.narrow(-1, width, rest)], -1);
        }
        long half = width / 2;
        Tensor rotated = cat([-x.narrow(-1, half, half), x.narrow(-1, 0, half)], -1);
        return (x * Cos) + (rotated * Sin);
    }
}

/// <summary>Rotary position embedding (RoFormer, arXiv 2104.09864), stretched where a config asks for it.</summary>
/// <param name="headDim">Width that is rotated: a head's, or the first part of it; even.</param>
/// <param name="theta">Base of the frequencies (<c>rope_theta</c>).</param>
/// <param name="scaling">The config's <c>rope_scaling</c>, or null.</param>
/// <param name="maxPositions">The config's <c>max_position_embeddings</c>, which some ways of scaling go by.</param>
public sealed class RotaryEmbedding(int headDim, double theta, RopeScaling? scaling = null, int maxPositions = 0)
{
    private readonly RopeFrequencies frequencies = new(headDim, theta, scaling ?? new RopeScaling(), maxPositions);

    private Rotation table;
    private double key;   // of the context whose frequencies the table has

    /// <summary>The rotations of the tokens of x [batch, tokens, ...], where x is.</summary>
    /// <param name="start">Position of the first token.</param>
    /// <param name="x">Of what the positions are; the context ends with it.</param>
    public Rotation At(long start, Tensor x)
    {
        Rotation rotation = At(start, x.shape[1]);
        return x.device_type == DeviceType.CPU ? rotation : new Rotation(rotation.Cos.to(x.device), rotation.Sin.to(x.device));
    }

    /// <summary>The rotations of consecutive positions.</summary>
    /// <param name="start">First position.</param>
    /// <param name="count">How many. The context ends with them, which decides on the frequencies of some ways of scaling.</param>
    public Rotation At(long start, long count)
    {
        if (PackedRow.ToRotate(start, count) is { } row)
        {
            return new Rotation(
                row.Concatenate(0, (_, tokens) => At(0, tokens).Cos), row.Concatenate(0, (_, tokens) => At(0, tokens).Sin));
        }
        long length = start + count;
        if (table.Cos is null || length > table.Cos.shape[0] || frequencies.KeyOf(length) != key)
        {
            Fill(length);
        }
        return new Rotation(table.Cos!.narrow(0, start, count), table.Sin.narrow(0, start, count));
    }

    private void Fill(long length)
    {
        double[] turns = frequencies.Of(length);
        int positions = checked((int)Math.Max(256, 2 * length));
        var cos = new float[positions, headDim];
        var sin = new float[positions, headDim];
        for (int p = 0; p < positions; p++)
        {
            for (int i = 0; i < headDim; i++)
            {
                // The angle is taken in fp32, as the reference implementations do; its sine and cosine are not.
                float angle = (float)p * (float)turns[i % (headDim / 2)];
                (cos[p, i], sin[p, i]) = ((float)(Math.Cos(angle) * frequencies.AttentionFactor), (float)(Math.Sin(angle) * frequencies.AttentionFactor));
            }
        }
        key = frequencies.KeyOf(length);
        table.Cos?.Dispose();
        table.Sin?.Dispose();
        table = new Rotation(tensor(cos).DetachFromDisposeScope(), tensor(sin).DetachFromDisposeScope());
    }
}
