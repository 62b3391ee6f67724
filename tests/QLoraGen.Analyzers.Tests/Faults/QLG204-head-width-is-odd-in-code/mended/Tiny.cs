using QLoraGen;
using static QLoraGen.QuantType;
using static TorchSharp.torch;

namespace Declared;

[Module]
public sealed partial class TinyAttention(int width) : Module
{
    private readonly RotaryEmbedding rotary = new(64, theta: 10_000);

    public partial Linear QProj { get; } = new(width, width);

    public Tensor Forward(Tensor x) => rotary.At(0, x.shape[1]).Apply(Attention.SplitHeads(QProj.Forward(x), width));
}
