using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace QLoraGen.Models;

/// <summary>The gated feed-forward part of a block (SwiGLU, arXiv 2002.05202).</summary>
[Module]
public sealed partial class GatedMlp(int hiddenSize, int intermediateSize, bool bias) : Module
{
    public partial Linear GateProj { get; } = new(hiddenSize, intermediateSize, bias: bias);
    public partial Linear UpProj { get; } = new(hiddenSize, intermediateSize, bias: bias);
    public partial Linear DownProj { get; } = new(intermediateSize, hiddenSize, bias: bias);

    public Tensor Forward(Tensor x) => DownProj.Forward(silu(GateProj.Forward(x)) * UpProj.Forward(x));
}
