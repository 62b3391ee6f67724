using QLoraGen.Data;
using QLoraGen.Testing;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace QLoraGen.Models.Tests;

/// <summary>What would waste a run's time is said at once, with what to do.</summary>
public sealed class TrainingChecksTests
{
    private static readonly TrainingOptions options = new() { Steps = 3, LearningRate = 2e-3, BatchSize = 2 };

    [SharedFact]
    public void A_sample_longer_than_the_context() =>
        Said(options, [new([1, 2, 3], 0), new(new int[513], 0)], "sample 2 has 513 tokens", "512", "--max-length");

    [SharedFact]
    public void All_labels_masked() => Said(options, [new([1, 2, 3], 3), new([1, 2], 5)], "all labels of the 2 samples are masked");

    [SharedFact]
    public void No_sample() => Said(options, [], "no sample");

    [SharedFact]
    public void A_rate_that_moves_nothing() => Said(options with { LearningRate = 1e-60 }, Stories.Samples(64), "every lora_B is still zero", "1E-60");

    [SharedFact]
    public void No_trained_value()
    {
        using CausalLM model = Stories.Load();
        Assert.Contains("no value is trained", Assert.Throws<QLoraException>(() => new Trainer(model, options, []).Run(Stories.Samples(64))).Message);
        using var frozen = new Parameter(zeros(3), requires_grad: false);
        Assert.Contains("parameter 0 does not require", Assert.Throws<QLoraException>(() => new Trainer(model, options, [frozen]).Run(Stories.Samples(64))).Message);
    }

    [SharedFact]
    public void A_target_that_the_model_does_not_use()
    {
        using CausalLM model = Stories.LoadAdapted();
        using (no_grad())
        {
            // With A at zero as B is, no gradient reaches either.
            foreach (LlamaBlock block in ((Llama)model).Model.Layers)
            {
                block.SelfAttn.VProj.Adapter!.A.zero_();
            }
        }
        string said = Assert.Throws<QLoraException>(() => new Trainer(model, options).Run(Stories.Samples(64))).Message;
        Assert.StartsWith("v_proj trains nothing: no gradient reaches lora_B of model.layers.0.self_attn.v_proj or of any other of its 5 layers", said);
    }

    [SharedFact]
    public void A_loss_that_is_not_finite_is_traced_to_the_block_where_it_began()
    {
        using CausalLM model = Stories.LoadAdapted();
        using (no_grad())
        {
            ((Llama)model).Model.Layers[2].PostAttentionLayernorm.Weight.Dense!.fill_(float.PositiveInfinity);
        }
        string said = Assert.Throws<QLoraException>(() => new Trainer(model, options).Run(Stories.Samples(64))).Message;
        Assert.Matches(@"^step 1: the loss is NaN and the norm of the gradient NaN: the output of model\.layers\.2, in sample \d+ \(\d+ tokens\)\.", said);
    }

    private static void Said(TrainingOptions options, IReadOnlyList<TokenizedSample> samples, params string[] words)
    {
        using CausalLM model = Stories.LoadAdapted();
        string said = Assert.Throws<QLoraException>(() => new Trainer(model, options).Run(samples)).Message;
        Assert.All(words, word => Assert.Contains(word, said));
    }
}
