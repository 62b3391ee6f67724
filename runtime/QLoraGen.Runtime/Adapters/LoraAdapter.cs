using TorchSharp.Modules;
using static TorchSharp.torch;

namespace QLoraGen;

/// <summary>The adapter of one linear layer: y += scale B (A x). A and B are views into the model's arena.</summary>
/// <param name="Path">Full path of the layer.</param>
/// <param name="A"><c>lora_A.weight</c>, [r, in].</param>
/// <param name="B"><c>lora_B.weight</c>, [out, r].</param>
/// <param name="Scale">alpha / r, or alpha / sqrt(r) with rsLoRA.</param>
/// <param name="Dropout">Probability with which an input of A is dropped in training.</param>
public sealed record LoraAdapter(string Path, Parameter A, Parameter B, double Scale, double Dropout)
{
    /// <summary>Makes W what the layer computes with: W + scale B A.</summary>
    /// <param name="weight">W, fp32 [out, in]; changed in place.</param>
    public void MergeInto(Tensor weight)
    {
        using IDisposable _ = no_grad();
        weight.addmm_(B, A, alpha: (float)Scale);
    }

    /// <summary>What inputs of A are multiplied with in training: 0, or 1 / (1 - p); null without dropout.</summary>
    internal Tensor? DropoutMask(Tensor x, bool training) =>
        training && Dropout > 0 ? empty_like(x).bernoulli_(1 - Dropout).div_(1 - Dropout) : null;
}
