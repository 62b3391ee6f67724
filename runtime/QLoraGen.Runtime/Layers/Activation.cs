using TorchSharp.Modules;
using static TorchSharp.torch;

namespace QLoraGen;

/// <summary>The pointwise function of a feed-forward part, under the name that a config's <c>hidden_act</c> gives it.</summary>
public sealed class Activation
{
    private static readonly Dictionary<string, Func<Tensor, Tensor>> known = new(StringComparer.Ordinal)
    {
        ["silu"] = static x => nn.functional.silu(x),
        ["swish"] = static x => nn.functional.silu(x),
        ["gelu"] = static x => nn.functional.gelu(x),
        ["gelu_new"] = GeluTanh,
        ["gelu_fast"] = GeluTanh,
        ["gelu_pytorch_tanh"] = GeluTanh,
        ["relu"] = static x => nn.functional.relu(x),
    };

    private readonly Func<Tensor, Tensor> apply;
    private readonly bool isSilu;

    /// <summary>The function of a name.</summary>
    /// <exception cref="QLoraException">No function of this name is known.</exception>
    public Activation(string name)
    {
        apply = known.TryGetValue(name, out Func<Tensor, Tensor>? found)
            ? found
            : throw new QLoraException($"'{name}' is no activation that is computed here: {string.Join(", ", Names)} are.");
        isSilu = name is "silu" or "swish";
    }

    /// <summary>The names that are known.</summary>
    public static IReadOnlyCollection<string> Names => known.Keys;

    /// <summary>The function of a gate, times what goes through it; both of one shape (GLU variants, arXiv 2002.05202).</summary>
    /// <param name="gate">What the function is of.</param>
    /// <param name="up">What it lets through.</param>
    public Tensor Gate(Tensor gate, Tensor up) => isSilu && Fusing.Takes(gate) && Fusing.Takes(up) ? FusedGate.Apply(gate, up) : Apply(gate) * up;

    /// <summary>The function of each value of x, in x's shape.</summary>
    public Tensor Apply(Tensor x) => apply(x);

    // GELU by a tanh instead of the error function (arXiv 1606.08415): what Transformers calls gelu_new, gelu_fast and gelu_pytorch_tanh.
    private static Tensor GeluTanh(Tensor x) => nn.functional.gelu(x, GELU.Approximate.tanh);
}
