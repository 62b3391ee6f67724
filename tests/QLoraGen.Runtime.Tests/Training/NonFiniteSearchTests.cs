using QLoraGen.Data;
using QLoraGen.Runtime.Tests.Layers;
using static TorchSharp.torch;

namespace QLoraGen.Runtime.Tests.Training;

/// <summary>Of many samples, the one that spoils a step is named, and what it spoils.</summary>
[Collection(AloneWithTorch.Name)]
public sealed class NonFiniteSearchTests
{
    private static readonly TokenizedSample[] samples = [.. Enumerable.Range(0, 20).Select(static i => new TokenizedSample([i, i + 20, i + 40], 0))];

    [Fact]
    public void A_loss_is_traced_to_its_sample()
    {
        using HeadOnly model = new(6, 100);
        using (no_grad())
        {
            model.Input[33].fill_(float.PositiveInfinity);   // the second token of the 14th sample
        }
        Assert.Contains("the logits, in sample 14 (3 tokens)", Said(model));
    }

    [Fact]
    public void A_gradient_is_traced_to_its_sample_and_parameter()
    {
        using HeadOnly model = new(6, 100);
        using (no_grad())
        {
            // With A at zero the loss does not see how large B is; the gradient of A does, and overflows where the input is large.
            model.Adapters!.Adapters[0].A.fill_(0);
            model.Adapters.Adapters[0].B.mul_(1e38);
            model.Input.mul_(1e-6);
            model.Input[33].fill_(1e4f);
        }
        Assert.Contains("the gradient of head.lora_A, in sample 14 (3 tokens)", Said(model));
    }

    private static string Said(HeadOnly model)
    {
        using var scope = NewDisposeScope();
        var trainer = new Trainer(model, new TrainingOptions { Steps = 2, BatchSize = 20, LearningRate = 1e-30 });
        return Assert.Throws<QLoraException>(() => trainer.Run(samples)).Message;
    }
}
