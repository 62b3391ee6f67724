using static TorchSharp.torch;

namespace QLoraGen.Runtime.Tests.Adapters;

/// <summary>What trains beside A and B: biases, layers as a whole, embeddings; and that it is all of the plan and nothing else.</summary>
public sealed class TrainedPartsTests
{
    private static readonly QuantFormat Nf4 = new(QuantType.NF4);

    public static TheoryData<string, LoraConfig, string[]> Configs => new()
    {
        { "A and B", new() { R = 2 }, ["up.lora_A.weight", "up.lora_B.weight"] },
        { "DoRA", new() { R = 2, UseDora = true }, ["up.lora_A.weight", "up.lora_B.weight", "up.lora_magnitude_vector"] },
        { "a bias of B", new() { R = 2, LoraBias = true }, ["up.lora_A.weight", "up.lora_B.weight", "up.lora_B.bias"] },
        { "biases of adapted layers", new() { R = 2, Bias = BiasTraining.LoraOnly }, ["up.lora_A.weight", "up.lora_B.weight", "up.base_layer.bias"] },
        { "biases of others", new() { R = 2, Bias = BiasTraining.LoraOnly, TargetModules = ["head"] }, ["head.lora_A.weight", "head.lora_B.weight"] },
        { "all biases", new() { R = 2, Bias = BiasTraining.All, TargetModules = ["head"] }, ["up.bias", "head.lora_A.weight", "head.lora_B.weight"] },
        { "whole layers", new() { R = 2, ModulesToSave = ["head", "norm"] }, ["norm.weight", "up.lora_A.weight", "up.lora_B.weight", "head.weight"] },
        { "a whole layer in 4 bits", new() { R = 2, ModulesToSave = ["up"], TargetModules = ["head"] }, ["up.weight", "up.bias", "head.lora_A.weight", "head.lora_B.weight"] },
        { "an embedding", new() { R = 2, TargetModules = ["embed_tokens"] }, ["embed_tokens.lora_embedding_A", "embed_tokens.lora_embedding_B"] },
    };

    [Theory]
    [MemberData(nameof(Configs))]
    public void The_arena_holds_what_PEFT_saves_and_what_is_planned(string what, LoraConfig config, string[] names)
    {
        using SmallModel model = SmallModel.Loaded(Nf4);
        long planned = MemoryPlan.Of(model, Nf4, config).TrainableParameters;
        AdapterArena arena = model.AddAdapters(config, seed: 1);
        Assert.Equal(names, arena.Views.Select(static view => view.Tensor.Name));
        Assert.True(planned == arena.Flat.numel(), what);
        Assert.Equal(planned, model.parameters().Where(static p => p.requires_grad).Sum(static p => p.numel()));
    }

    [Theory]
    [MemberData(nameof(Configs))]
    public void All_of_it_gets_the_gradient_that_a_step_along_it_shows(string what, LoraConfig config, string[] names)
    {
        using SmallModel model = SmallModel.Loaded(Nf4);
        AdapterArena arena = model.AddAdapters(config, seed: 1);
        model.Shake();
        using var scope = NewDisposeScope();
        Autograd.Backward(Loss(model));
        Assert.True(names.Length == arena.Views.Count, what);
        using IDisposable _ = no_grad();
        foreach (ArenaView view in arena.Views)
        {
            Tensor gradient = view.Value.grad!.clone(), direction = gradient / gradient.norm();
            double expected = gradient.norm().item<float>();
            const float Step = 2e-3f;
            view.Value.add_(direction, Step);
            double above = At(model);
            view.Value.add_(direction, -2 * Step);
            double below = At(model);
            view.Value.add_(direction, Step);
            // DoRA's norms follow A and B in the loss, but not in the gradient.
            if (!config.UseDora || view.Tensor.Role == AdapterRole.Magnitude)
            {
                Assert.InRange((above - below) / (2 * Step) / expected, 0.98, 1.02);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Configs))]
    public void Without_the_adapters_the_model_is_what_it_was(string what, LoraConfig config, string[] names)
    {
        using SmallModel model = SmallModel.Loaded(Nf4);
        float[] before = model.Answers();
        model.AddAdapters(config, seed: 1);
        model.Shake();
        float[] adapted = model.Answers();
        Assert.NotEqual(before, adapted);
        model.Activate(null);
        Assert.Equal(before, model.Answers());
        model.Activate(CausalLM.DefaultAdapter);
        Assert.Equal(adapted, model.Answers());
        Assert.True(names.Length > 0, what);
    }

    [Fact]
    public void Copies_begin_as_what_they_stand_for()
    {
        using SmallModel model = SmallModel.Loaded(Nf4);
        float[] before = model.Answers();
        model.AddAdapters(new LoraConfig { R = 2, ModulesToSave = ["norm", "embed_tokens", "up"], Bias = BiasTraining.All, TargetModules = ["head"] }, seed: 1);
        Assert.True(before.Zip(model.Answers()).All(static pair => Math.Abs(pair.First - pair.Second) < 1e-5));
    }

    [Fact]
    public void An_embedding_s_adapter_adds_its_product_to_the_rows_of_the_table()
    {
        using SmallModel model = SmallModel.Loaded(null);
        LoraAdapter adapter = model.AddAdapters(new LoraConfig { R = 3, LoraAlpha = 6, UseRslora = true, TargetModules = ["embed_tokens"] }, seed: 1).Adapters[0];
        Assert.Equal(0, adapter.A.abs().max().item<float>());
        model.Shake();
        using var scope = NewDisposeScope();
        Tensor ids = tensor(new long[] { 7, 2, 7 });
        double[] found = [.. model.EmbedTokens.Forward(ids).detach().to(ScalarType.Float64).data<double>()];
        double[] table = [.. SmallModel.Decoded(model.EmbedTokens.Weight).to(ScalarType.Float64).data<double>()];
        float[] a = [.. adapter.A.detach().data<float>()], b = [.. adapter.B.detach().data<float>()];
        for (int i = 0; i < 3; i++)
        {
            int id = new[] { 7, 2, 7 }[i];
            for (int j = 0; j < SmallModel.Width; j++)
            {
                double expected = table[(id * SmallModel.Width) + j]
                    + (6 / Math.Sqrt(3) * Enumerable.Range(0, 3).Sum(r => (double)b[(j * 3) + r] * a[(r * SmallModel.Vocabulary) + id]));
                Assert.Equal(expected, found[(i * SmallModel.Width) + j], 1e-5);
            }
        }
    }

    [Fact]
    public void Only_named_blocks_get_adapters()
    {
        var config = new LoraConfig { TargetModules = ["q"], LayersToTransform = [1, 3], LayersPattern = ["layers"] };
        string[] paths = [.. Enumerable.Range(0, 4).Select(static i => $"model.layers.{i}.q"), "model.other.1.q", "model.experts.2.layers.3.q"];
        Assert.Equal(["model.layers.1.q", "model.layers.3.q", "model.experts.2.layers.3.q"],
            paths.Where(path => config.Trains(new TargetLayer(path, IsLinear: true, FullPrecision: false, 8, 8))));
        Assert.Equal(["model.layers.1.q", "model.layers.3.q", "model.other.1.q"],
            paths.Where(path => (config with { LayersPattern = [] }).Trains(new TargetLayer(path, IsLinear: true, FullPrecision: false, 8, 8))));
    }

    // The table's hidden states pass a norm and a tanh, so that every part has an effect of its own.
    private static Tensor Loss(SmallModel model)
    {
        Tensor y = model.Forward(arange(SmallModel.Vocabulary).unsqueeze(0));
        return (y.tanh() * arange(1, y.numel() + 1, dtype: ScalarType.Float32).view_as(y).sin()).to(ScalarType.Float64).sum();
    }

    private static double At(SmallModel model)
    {
        using var scope = NewDisposeScope();
        return Loss(model).item<double>();
    }
}
