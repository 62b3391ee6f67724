using QLoraGen;
using static TorchSharp.torch;

namespace Declared;

[Module]
public sealed partial class Gate : Module
{
    public partial Linear {|QLG112:Proj|} { get; }

    public Tensor Forward(Tensor x) => Proj.Forward(x);
}
