using QLoraGen;
using static TorchSharp.torch;

namespace Declared;

[Module]
public sealed class {|QLG101:Gate|}(int width) : Module
{
    public partial Linear Proj { get; } = new(width, width);

    public Tensor Forward(Tensor x) => Proj.Forward(x);
}
