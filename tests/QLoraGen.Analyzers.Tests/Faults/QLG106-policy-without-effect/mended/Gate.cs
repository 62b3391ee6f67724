using QLoraGen;
using static TorchSharp.torch;

namespace Declared;

[Module]
public sealed partial class Gate(int width) : Module
{
    public partial Linear Proj { get; } = new(width, width);

    public Tensor Forward(Tensor x) => Proj.Forward(x);
}
