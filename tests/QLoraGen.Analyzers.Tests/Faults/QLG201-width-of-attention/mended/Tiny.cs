using QLoraGen;
using static QLoraGen.QuantType;
using static TorchSharp.torch;

namespace Declared;

[Module]
public sealed partial class TinyAttention(int width) : Module
{
    public partial Linear QProj { get; } = new(width, 64);
    public partial Linear KProj { get; } = new(width, 32);
    public partial Linear VProj { get; } = new(width, 32);
    public partial Linear OProj { get; } = new(64, width);

    public Tensor Forward(Tensor x, Rotation rotation)
    {
        Tensor q = rotation.Apply(Attention.SplitHeads(QProj.Forward(x), 16));
        Tensor k = rotation.Apply(Attention.SplitHeads(KProj.Forward(x), 16));
        Tensor v = Attention.SplitHeads(VProj.Forward(x), 16);
        return OProj.Forward(Attention.Attend(q, k, v, cache: null));
    }
}
