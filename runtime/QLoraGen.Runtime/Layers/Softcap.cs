using static TorchSharp.torch;

namespace QLoraGen;

/// <summary>A soft limit on scores and logits (Gemma 2, arXiv 2408.00118).</summary>
public static class Softcap
{
    /// <summary>cap * tanh(x / cap), in x's shape; x itself where there is no cap.</summary>
    public static Tensor Apply(Tensor x, double? cap) => cap is { } limit ? (x / limit).tanh() * limit : x;
}
