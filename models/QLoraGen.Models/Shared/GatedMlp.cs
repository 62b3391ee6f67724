using static TorchSharp.torch;

namespace QLoraGen.Models;

/// <summary>The gated feed-forward part of a block (GLU variants, arXiv 2002.05202).</summary>
[Module]
public sealed partial class GatedMlp(int hiddenSize, int intermediateSize, string activation, bool bias = false) : Module
{
    private readonly Activation act = new(activation);

    public partial Linear GateProj { get; } = new(hiddenSize, intermediateSize, bias: bias);
    public partial Linear UpProj { get; } = new(hiddenSize, intermediateSize, bias: bias);
    public partial Linear DownProj { get; } = new(intermediateSize, hiddenSize, bias: bias);

    public Tensor Forward(Tensor x) => DownProj.Forward(act.Gate(GateProj.Forward(x), UpProj.Forward(x)));
}
