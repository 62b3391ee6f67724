using QLoraGen;
using static QLoraGen.QuantType;
using static TorchSharp.torch;

namespace Declared;

[Module]
public sealed partial class TinyMlp(int width) : Module
{
    public partial Linear GateProj { get; } = new(width, 4 * width);
    public partial Linear {|QLG202:UpProj|} { get; } = new(width, 4 * width);
    public partial Linear DownProj { get; } = new(4 * width, width);

    public Tensor Forward(Tensor x) => DownProj.Forward(nn.functional.silu(GateProj.Forward(x)));
}
