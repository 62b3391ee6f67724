using static TorchSharp.torch;

namespace QLoraGen.Runtime.Tests.Training;

/// <summary>Hidden states looked up in a trained table, and an adapted head.</summary>
internal sealed class HeadOnly : CausalLM
{
    private readonly Linear head;

    public HeadOnly(int width, int vocabulary) : base(new Size { VocabSize = vocabulary, HiddenSize = width, NumHiddenLayers = 1 })
    {
        head = new Linear(width, vocabulary);
        Initialize(seed: 3);
        AddAdapters(new LoraConfig { R = 2 }, seed: 1);
        using var generator = new Generator(5);
        using var _ = no_grad();
        Adapters!.Adapters[0].B.normal_(0, 0.1, generator);
        Input = randn(1000, width, generator: generator).requires_grad_();
    }

    public Tensor Input { get; }

    public override QuantFormat? DeclaredFormat => null;

    public override LoraConfig? DeclaredAdapter => null;

    public override Tensor Hidden(Tensor ids, KVCache? cache = null) =>
        Input.index_select(0, ids.reshape(-1).remainder(1000)).view([.. ids.shape, -1]);

    public override Tensor Logits(Tensor hidden) => head.Forward(hidden);

    protected override void Register()
    {
    }

    protected internal override void Lay(QuantStateLayout layout) => layout.Dense("head.weight", head.Weight);

    protected internal override void Load(CheckpointLoader checkpoint) => throw new NotSupportedException();

    protected internal override void Adapt(AdapterTargets targets) => targets.Linear("head", head);

    private sealed record Size : ModelConfig;
}
