using QLoraGen.Testing;
using static TorchSharp.torch;

namespace QLoraGen.Models.Tests;

/// <summary>Activation checkpointing changes memory and nothing else.</summary>
public sealed class RecomputationTests
{
    private static readonly TrainingOptions options = new() { Steps = 4, LearningRate = 2e-3, NeftuneNoiseAlpha = 5 };

    [SharedTheory]
    [InlineData(0)]
    [InlineData(0.2)]   // what was dropped the first time is dropped again
    public void Adapters_are_the_same_bit_for_bit(double dropout)
    {
        Assert.Equal(Train(false, dropout), Train(true, dropout));

        static float[] Train(bool recomputes, double dropout)
        {
            using CausalLM model = Stories.LoadAdapted(dropout);
            new Trainer(model, options with { GradientCheckpointing = recomputes }).Run(Stories.Samples(64));
            return [.. model.Adapters!.Flat.detach().data<float>()];
        }
    }

    [GlibcFact]
    public void A_forward_pass_keeps_far_fewer_bytes()
    {
        Assert.InRange(Kept(true), 1, Kept(false) / 4);

        static long Kept(bool recomputes)
        {
            using CausalLM model = Stories.LoadAdapted();
            ((Llama)model).Model.Layers.Recomputes = recomputes;
            model.train();
            using var scope = NewDisposeScope();
            Tensor ids = full([8, 256], 7, ScalarType.Int64);
            long before = Glibc.AllocatedBytes;
            Tensor hidden = model.Hidden(ids);
            Assert.True(hidden.requires_grad);
            return Glibc.AllocatedBytes - before;
        }
    }
}
