using QLoraGen.Data;
using QLoraGen.Runtime.Tests.Layers;
using static TorchSharp.torch;

namespace QLoraGen.Runtime.Tests.Training;

/// <summary>The loss by chunks against libtorch's over all logits at once.</summary>
[Collection(AloneWithTorch.Name)]
public sealed class LanguageModelLossTests
{
    private const int Vocabulary = 300, Width = 6, Tokens = 150;
    private const long ChunkValues = 64 * Vocabulary;   // four chunks of the 218 labels

    [Theory]
    [InlineData(0)]
    [InlineData(0.1)]
    public void Loss_and_gradients_are_those_of_whole_logits(double smoothing)
    {
        using var scope = NewDisposeScope();
        using HeadOnly model = new(Width, Vocabulary);
        var random = new Random(1);
        int[] ids = [.. Enumerable.Range(0, Tokens).Select(_ => random.Next(Vocabulary))];
        Batch batch = Batch.Of([new TokenizedSample(ids, 20), new TokenizedSample(ids[..90], 0)]);

        double loss = LanguageModelLoss.Backward(model, batch, scale: 0.5, smoothing, ChunkValues);
        (Tensor input, Tensor adapterA) = (model.Input.grad!.clone(), model.Adapters!.Adapters[0].A.grad!.clone());
        model.Input.grad!.zero_();
        model.Adapters.Gradients.zero_();

        Tensor logits = model.Logits(model.Hidden(batch.Ids.narrow(1, 0, Tokens - 1)));
        Tensor expected = nn.functional.cross_entropy(logits.view(-1, Vocabulary), batch.Labels.narrow(1, 1, Tokens - 1).reshape(-1),
            ignore_index: Batch.Ignored, reduction: nn.Reduction.Sum, label_smoothing: smoothing);
        Autograd.Backward(expected * 0.5);
        Assert.Equal(expected.item<float>(), loss, 1e-5 * loss);
        Assert.InRange(Error(model.Input.grad!, input), 0, 1e-5);
        Assert.InRange(Error(model.Adapters.Adapters[0].A.grad!, adapterA), 0, 1e-5);
        if (smoothing == 0)
        {
            Assert.Equal(loss, LanguageModelLoss.Sum(model, batch), 1e-6 * loss);
        }
    }

    [Fact]
    public void Where_nothing_has_a_label_the_loss_is_zero_and_so_is_its_gradient()
    {
        using var scope = NewDisposeScope();
        using HeadOnly model = new(Width, 10);
        Batch batch = Batch.Of([new TokenizedSample([1, 2, 3], 3)]);
        Assert.Equal(0, LanguageModelLoss.Backward(model, batch, scale: 1));
        Assert.Equal(0, model.Input.grad!.abs().max().item<float>());
    }

    private static double Error(Tensor expected, Tensor actual) => ((expected - actual).norm() / expected.norm()).item<float>();
}
