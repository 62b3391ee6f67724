using TorchSharp.Modules;
using static TorchSharp.torch;

namespace QLoraGen;

/// <summary>
/// The adapter of one layer: y += scale B (A x), for an embedding scale B A[:, id]. Every parameter is a view into the
/// model's arena.
/// </summary>
/// <param name="Path">Full path of the layer.</param>
/// <param name="A"><c>lora_A.weight</c>, [r, in]; of an embedding <c>lora_embedding_A</c>, [r, vocabulary].</param>
/// <param name="B"><c>lora_B.weight</c>, [out, r]; of an embedding <c>lora_embedding_B</c>.</param>
/// <param name="Scale">alpha / r, or alpha / sqrt(r) with rsLoRA.</param>
/// <param name="Dropout">Probability with which an input of A is dropped in training.</param>
public sealed record LoraAdapter(string Path, Parameter A, Parameter B, double Scale, double Dropout)
{
    private Tensor? stretch;   // magnitude / norm, while nothing trains

    /// <summary>DoRA's <c>lora_magnitude_vector</c>, [out], or null.</summary>
    public Parameter? Magnitude { get; init; }

    /// <summary><c>lora_B.bias</c>, [out], or null.</summary>
    public Parameter? BiasOfB { get; init; }

    /// <summary>Makes W what the layer computes with: W + scale B A; with DoRA each row of that as long as its magnitude.</summary>
    /// <param name="weight">W, fp32 [out, in], a table of embeddings the other way round; changed in place.</param>
    public void MergeInto(Tensor weight)
    {
        using IDisposable _ = no_grad();
        using var scope = NewDisposeScope();
        weight.addmm_(B, A, alpha: (float)Scale);
        if (Magnitude is not null)
        {
            weight.mul_(Magnitude.unsqueeze(1) / weight.norm(1, keepdim: true));
        }
    }

    /// <summary>Makes b what the layer adds: b + scale times the bias of B.</summary>
    /// <param name="bias">b, fp32 [out]; changed in place.</param>
    public void MergeIntoBias(Tensor bias)
    {
        using IDisposable _ = no_grad();
        if (BiasOfB is not null)
        {
            bias.add_(BiasOfB, alpha: (float)Scale);
        }
    }

    /// <summary>What inputs of A are multiplied with in training: 0, or 1 / (1 - p); null without dropout.</summary>
    internal Tensor? DropoutMask(Tensor x, bool training) =>
        training && Dropout > 0 ? empty_like(x).bernoulli_(1 - Dropout).div_(1 - Dropout) : null;

    /// <summary>What is left to do on y = W x + scale B (A x), [..., out].</summary>
    /// <param name="y">The products.</param>
    /// <param name="layer">Computes the norms of W + scale B A, which DoRA takes for constants (its section 4.3).</param>
    internal Tensor Finish(Tensor y, Layer layer)
    {
        Tensor finished = BiasOfB is null ? y : y + (BiasOfB * Scale);
        return Magnitude is null ? finished : finished * (stretch ?? (Magnitude / layer.NormsWith(this)));
    }

    /// <summary>Computes DoRA's factors once, until <see cref="Loosen"/>: not for training.</summary>
    internal void Hold(Layer layer)
    {
        using IDisposable _ = no_grad();
        stretch ??= Magnitude is null ? null : (Magnitude / layer.NormsWith(this)).DetachFromDisposeScope();
    }

    /// <summary>The factors are computed at each call again.</summary>
    internal void Loosen()
    {
        stretch?.Dispose();
        stretch = null;
    }
}
