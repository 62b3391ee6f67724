using QLoraGen;
using static TorchSharp.torch;

namespace Declared;

[Module]
public sealed partial class Gate : Module
{
    public partial Linear Proj { get; } = new(8, 8);

    public Tensor Forward(Tensor x) => Proj.Forward(x);
}
