using QLoraGen.Checkpoints;
using QLoraGen.Testing;
using static TorchSharp.torch;

namespace QLoraGen.Models.Tests;

/// <summary>Layers that checkpoints store otherwise than one matrix [out, in] a projection: fused ones, and GPT-2's transposed ones.</summary>
public sealed class FusedProjectionTests
{
    [SharedTheory]
    [InlineData("phi3", new[] { "qkv_proj", "o_proj", "gate_up_proj", "down_proj" })]
    [InlineData("gpt2", new[] { "c_attn", "c_proj", "c_fc" })]
    [InlineData("gemma2", new[] { "q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj" })]
    public void Adapters_train_on_them_in_4_bits(string fixture, string[] names)
    {
        using var folder = new TempFolder();
        using CausalLM model = new TinyFixture(fixture).Load(folder, new QuantFormat(QuantType.NF4));
        AdapterArena adapters = model.AddAdapters(new LoraConfig { R = 2 }, seed: 1);
        Assert.Equal(names.Order(), adapters.Adapters.Select(static adapter => adapter.Path[(adapter.Path.LastIndexOf('.') + 1)..]).Distinct().Order());
        foreach (AdapterTarget target in AdapterTargets.Of(model).All.Where(static target => target.ByDefault))
        {
            var layer = (Linear)target.Layer;
            LoraAdapter adapter = layer.Adapter!;
            Assert.Equal([2, layer.InFeatures], adapter.A.shape);
            Assert.Equal([layer.OutFeatures, 2], adapter.B.shape);
        }
        adapters.Flat.requires_grad_(false).add_(0.05f);
        using var scope = NewDisposeScope();
        Autograd.Backward(model.Forward(tensor(new long[,] { { 2, 6, 3, 6, 4, 10, 9 } })).square().mean());
        Assert.All(adapters.Adapters, static adapter => Assert.True(adapter.A.grad!.abs().max().item<float>() > 0 && adapter.B.grad!.abs().max().item<float>() > 0, adapter.Path));
    }

    [SharedTheory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_transposed_weight_is_turned_and_then_quantized(bool inFourBits)
    {
        using var folder = new TempFolder();
        using CausalLM model = new TinyFixture("gpt2").Load(folder, inFourBits ? new QuantFormat(QuantType.NF4) : null);
        FrozenTensor weight = ((Linear)AdapterTargets.Of(model).All.Single(static target => target.Path == "transformer.h.1.mlp.c_fc").Layer).Weight;
        using Checkpoint checkpoint = Checkpoint.Open(folder.Path);
        (int rows, int columns) = ((int)weight.Shape[0], (int)weight.Shape[1]);
        float[] stored = new float[rows * columns], turned = new float[rows * columns];
        checkpoint.Read("h.1.mlp.c_fc.weight", [columns, rows], stored);
        if (inFourBits)
        {
            Kernels.Dequantizer.Dequantize(weight.Quantized, 0, turned);
        }
        else
        {
            turned = [.. weight.Dense!.detach().data<float>()];
        }
        Assert.Equal((32, 8, true), (rows, columns, weight.IsStoredTransposed));
        float most = stored.Max(Math.Abs);
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
            {
                Assert.Equal(stored[(column * rows) + row], turned[(row * columns) + column], inFourBits ? 0.2 * most : 0);
            }
        }
    }
}
