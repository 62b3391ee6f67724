using QLoraGen;
using static TorchSharp.torch;

namespace Declared;

[Module]
public sealed partial class Gate(int width) : Module
{
    private readonly Linear {|QLG104:proj|} = new(width, width);

    public Tensor Forward(Tensor x) => proj.Forward(x);
}
