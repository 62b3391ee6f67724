using QLoraGen;
using static TorchSharp.torch;

namespace Declared;

[Module]
public sealed partial class Gate(int width) : Module
{
    public partial Linear Proj { get; } = new(width, width);

    public partial RMSNorm Norm { get; } = new(width, 1e-5);

    public Tensor Forward(Tensor x) => Norm.Forward(Proj.Forward(x));
}
