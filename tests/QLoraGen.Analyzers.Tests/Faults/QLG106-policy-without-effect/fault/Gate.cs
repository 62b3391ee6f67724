using QLoraGen;
using static TorchSharp.torch;

namespace Declared;

[Module, {|QLG106:LoRA(r: 16, alpha: 32)|}]
public sealed partial class Gate(int width) : Module
{
    public partial Linear Proj { get; } = new(width, width);

    public Tensor Forward(Tensor x) => Proj.Forward(x);
}
