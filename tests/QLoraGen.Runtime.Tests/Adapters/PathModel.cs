using QLoraGen.Runtime.Tests.Layers;
using static TorchSharp.torch;

namespace QLoraGen.Runtime.Tests.Adapters;

/// <summary>Linear layers at any paths, for adapters of models that are not here; wired by hand, as <see cref="OneLinear"/> is.</summary>
internal sealed class PathModel(params (string Path, Linear Layer)[] layers)
    : CausalLM(new Size { VocabSize = 8, HiddenSize = 8, NumHiddenLayers = 1 })
{
    public override QuantFormat? DeclaredFormat => null;

    public override LoraConfig? DeclaredAdapter => null;

    public override Tensor Hidden(Tensor ids, KVCache? cache = null) => ids;

    public override Tensor Logits(Tensor hidden) => layers[0].Layer.Forward(hidden);

    protected override void Register()
    {
        foreach ((string path, Linear layer) in layers)
        {
            register_module(path.Replace('.', '_'), layer);
        }
    }

    protected internal override void Lay(QuantStateLayout layout)
    {
        foreach ((string path, Linear layer) in layers)
        {
            layout.Quantized($"{path}.weight", layer.Weight);
            layout.Dense($"{path}.bias", layer.Bias);
        }
    }

    protected internal override void Load(CheckpointLoader checkpoint)
    {
        foreach ((string path, Linear layer) in layers)
        {
            checkpoint.Load($"{path}.weight", layer.Weight);
            checkpoint.Load($"{path}.bias", layer.Bias);
        }
    }

    protected internal override void Adapt(AdapterTargets targets)
    {
        foreach ((string path, Linear layer) in layers)
        {
            targets.Linear(path, layer);
        }
    }

    private sealed record Size : ModelConfig;
}
