using static TorchSharp.torch;

namespace QLoraGen;

/// <summary>Cosines and sines [positions, headDim] that rotate queries and keys.</summary>
public readonly record struct Rotation(Tensor Cos, Tensor Sin)
{
    /// <summary>
    /// Rotates x [batch, heads, positions, headDim] in half-split pairs (i, i + headDim / 2), as Hugging Face
    /// checkpoints store q and k.
    /// </summary>
    public Tensor Apply(Tensor x)
    {
        long half = x.shape[^1] / 2;
        Tensor rotated = cat([-x.narrow(-1, half, half), x.narrow(-1, 0, half)], -1);
        return (x * Cos) + (rotated * Sin);
    }
}

/// <summary>Rotary position embedding (RoFormer, arXiv 2104.09864), with Llama 3's scaling where a config asks for it.</summary>
/// <param name="headDim">Width of a head; even.</param>
/// <param name="theta">Base of the frequencies (<c>rope_theta</c>).</param>
/// <param name="scaling">The config's <c>rope_scaling</c>, or null.</param>
public sealed class RotaryEmbedding(int headDim, double theta, RopeScaling? scaling = null)
{
    private readonly double[] frequencies =
        [.. Enumerable.Range(0, headDim / 2).Select(i => Math.Pow(theta, -2.0 * i / headDim)).Select(f => scaling?.Scale(f) ?? f)];

    private Rotation table;

    /// <summary>The rotations of consecutive positions.</summary>
    /// <param name="start">First position.</param>
    /// <param name="count">How many.</param>
    public Rotation At(long start, long count)
    {
        if (table.Cos is null || start + count > table.Cos.shape[0])
        {
            Grow(checked((int)Math.Max(256, 2 * (start + count))));
        }
        return new Rotation(table.Cos!.narrow(0, start, count), table.Sin.narrow(0, start, count));
    }

    private void Grow(int positions)
    {
        var cos = new float[positions, headDim];
        var sin = new float[positions, headDim];
        for (int p = 0; p < positions; p++)
        {
            for (int i = 0; i < headDim; i++)
            {
                // The angle is taken in fp32, as the reference implementations do; its sine and cosine are not.
                float angle = (float)p * (float)frequencies[i % (headDim / 2)];
                (cos[p, i], sin[p, i]) = ((float)Math.Cos(angle), (float)Math.Sin(angle));
            }
        }
        table.Cos?.Dispose();
        table.Sin?.Dispose();
        table = new Rotation(tensor(cos).DetachFromDisposeScope(), tensor(sin).DetachFromDisposeScope());
    }
}
