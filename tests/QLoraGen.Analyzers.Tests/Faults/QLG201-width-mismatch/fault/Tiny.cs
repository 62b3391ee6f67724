using QLoraGen;
using static QLoraGen.QuantType;
using static TorchSharp.torch;

namespace Declared;

public sealed record TinyConfig : ModelConfig
{
    public required int IntermediateSize { get; init; }
}

[Module]
public sealed partial class TinyMlp(TinyConfig config) : Module
{
    public partial Linear UpProj { get; } = new(config.HiddenSize, config.IntermediateSize);
    public partial Linear DownProj { get; } = new(config.HiddenSize, config.HiddenSize);

    public Tensor Forward(Tensor x) => DownProj.Forward({|QLG201:nn.functional.silu(UpProj.Forward(x))|});
}
