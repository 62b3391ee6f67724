using System.Runtime.InteropServices;
using QLoraGen.Checkpoints;
using QLoraGen.Runtime.Tests.Layers;
using QLoraGen.Testing;
using static TorchSharp.torch;

namespace QLoraGen.Runtime.Tests.Adapters;

/// <summary>
/// One layer of each kind: a table of embeddings, a norm, a linear layer with a bias, and an output head. Wired by hand, for the reason
/// that <see cref="OneLinear"/> gives.
/// </summary>
internal sealed class SmallModel : CausalLM
{
    public const int Vocabulary = 11, Width = 64, Inner = 32;

    private readonly TempFolder folder = new();

    private SmallModel() : base(new Size { VocabSize = Vocabulary, HiddenSize = Width, NumHiddenLayers = 1 }) => WriteCheckpoint();

    public Embedding EmbedTokens { get; } = new(Vocabulary, Width);

    public RMSNorm Norm { get; } = new(Width, 1e-5);

    public Linear Up { get; } = new(Width, Inner, bias: true);

    public Linear Head { get; } = new(Inner, Vocabulary);

    public override QuantFormat? DeclaredFormat => null;

    public override LoraConfig? DeclaredAdapter => null;

    /// <summary>The model in NF4, or in full precision.</summary>
    public static SmallModel Loaded(QuantFormat? format)
    {
        var model = new SmallModel();
        using Checkpoint checkpoint = Checkpoint.Open(model.folder.Path);
        model.LoadFrozen(checkpoint, format);
        return model;
    }

    /// <summary>The model with adapters that may begin from its weights.</summary>
    public static SmallModel Loaded(QuantFormat? format, LoraConfig config, RegionCache? cache = null)
    {
        var model = new SmallModel();
        using Checkpoint checkpoint = Checkpoint.Open(model.folder.Path);
        model.LoadFrozen(checkpoint, format, config, seed: 3, cache);
        return model;
    }

    public override Tensor Hidden(Tensor ids, KVCache? cache = null) => Up.Forward(Norm.Forward(EmbedTokens.Forward(ids))).tanh();

    public override Tensor Logits(Tensor hidden) => Head.Forward(hidden);

    /// <summary>Logits of all tokens as numbers, without a graph.</summary>
    public float[] Answers()
    {
        using var scope = NewDisposeScope();
        using IDisposable _ = no_grad();
        return [.. Forward(arange(Vocabulary).unsqueeze(0)).data<float>()];
    }

    /// <summary>Gives everything that trains values of its own, none of them zero.</summary>
    public void Shake()
    {
        using var scope = NewDisposeScope();
        using IDisposable _ = no_grad();
        Adapters!.Flat.add_(tensor(OneLinear.Values(Adapters.Flat.numel(), 9)) * 0.3f);
    }

    /// <summary>The weight of the checkpoint, fp32 [Inner, Width].</summary>
    public Tensor UpBefore() => tensor(OneLinear.Values(Inner * Width, 3)).view(Inner, Width);

    /// <summary>A frozen weight as the model computes with it, fp32.</summary>
    public static Tensor Decoded(FrozenTensor weight)
    {
        Tensor values = empty(weight.Shape);
        weight.Base.ReadRows(0, values);
        return values;
    }

    protected override void Register()
    {
        register_module("embed_tokens", EmbedTokens);
        register_module("norm", Norm);
        register_module("up", Up);
        register_module("head", Head);
    }

    protected internal override void Lay(QuantStateLayout layout)
    {
        layout.Dense("embed_tokens.weight", EmbedTokens.Weight);
        layout.Dense("norm.weight", Norm.Weight);
        layout.Quantized("up.weight", Up.Weight);
        layout.Dense("up.bias", Up.Bias);
        layout.Dense("head.weight", Head.Weight);
    }

    protected internal override void Load(CheckpointLoader checkpoint)
    {
        checkpoint.Load("embed_tokens.weight", EmbedTokens.Weight);
        checkpoint.Load("norm.weight", Norm.Weight);
        checkpoint.Load("up.weight", Up.Weight);
        checkpoint.Load("up.bias", Up.Bias);
        checkpoint.Load("head.weight", Head.Weight);
    }

    protected internal override void Adapt(AdapterTargets targets)
    {
        targets.Other("embed_tokens", EmbedTokens);
        targets.Other("norm", Norm);
        targets.Linear("up", Up);
        targets.FullPrecision("head", Head);
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        folder.Dispose();
    }

    private void WriteCheckpoint() => SafetensorsWriter.Write(Path.Combine(folder.Path, "model.safetensors"),
    [
        Tensor("embed_tokens.weight", 1, Vocabulary, Width), Tensor("norm.weight", 2, Width), Tensor("up.weight", 3, Inner, Width),
        Tensor("up.bias", 4, Inner), Tensor("head.weight", 5, Vocabulary, Inner),
    ]);

    private static TensorToWrite Tensor(string name, int seed, params long[] shape) => new(
        name, TensorDType.F32, shape, (byte[])[.. MemoryMarshal.AsBytes<float>(OneLinear.Values(shape.Aggregate(1L, static (a, b) => a * b), seed))]);

    private sealed record Size : ModelConfig;
}
