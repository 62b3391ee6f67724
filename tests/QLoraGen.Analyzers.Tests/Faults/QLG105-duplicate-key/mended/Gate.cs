using QLoraGen;
using static TorchSharp.torch;

namespace Declared;

[Module]
public sealed partial class Gate(int width) : Module
{
    public partial Linear UpProj { get; } = new(width, width);

    [Key("down_proj")]
    public partial Linear Down { get; } = new(width, width);

    public Tensor Forward(Tensor x) => Down.Forward(UpProj.Forward(x));
}
