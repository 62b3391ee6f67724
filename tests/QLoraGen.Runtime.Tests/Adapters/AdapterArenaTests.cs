using QLoraGen.Runtime.Tests.Layers;
using static TorchSharp.torch;

namespace QLoraGen.Runtime.Tests.Adapters;

public sealed class AdapterArenaTests
{
    [Fact]
    public void A_and_b_are_views_of_one_vector_both_ways()
    {
        using OneLinear model = Model();
        using var scope = NewDisposeScope();
        AdapterArena arena = model.AddAdapters(new LoraConfig { R = 4 }, seed: 1);
        LoraAdapter adapter = arena.Adapters[0];
        Assert.Equal([4, 64], adapter.A.shape);
        Assert.Equal([32, 4], adapter.B.shape);
        Assert.Equal(4 * (64 + 32), arena.Flat.numel());
        using var _ = no_grad();
        arena.Flat[5].fill_(7);
        Assert.Equal(7, adapter.A[0, 5].item<float>());
        adapter.B[0, 1].fill_(8);
        Assert.Equal(8, arena.Flat[(4 * 64) + 1].item<float>());
        adapter.A.grad![0, 3].fill_(9);
        Assert.Equal(9, arena.Gradients[3].item<float>());
        Assert.Equal(9, arena.Flat.grad![3].item<float>());
        arena.Gradients[4 * 64].fill_(10);
        Assert.Equal(10, adapter.B.grad![0, 0].item<float>());
    }

    // Else each gradient of A or B would pass through zeros of the whole arena's size.
    [Fact]
    public void Gradients_go_to_a_and_b_themselves_and_not_through_the_arena()
    {
        using OneLinear model = Model();
        using var scope = NewDisposeScope();
        AdapterArena arena = model.AddAdapters(new LoraConfig { R = 4 }, seed: 1);
        LoraAdapter adapter = arena.Adapters[0];
        adapter.B.grad = zeros(adapter.B.shape);

        model.Forward(ones(6, 64)).sum().backward();

        Assert.NotEqual(0, adapter.B.grad.abs().max().item<float>());
        Assert.Equal(0, arena.Gradients.abs().max().item<float>());
    }

    [Fact]
    public void A_starts_kaiming_uniform_and_b_at_zero_so_that_the_model_is_unchanged()
    {
        using OneLinear model = Model();
        using var scope = NewDisposeScope();
        Tensor x = tensor(OneLinear.Values(6 * 64, 3)).view(6, 64);
        float[] before = [.. model.Forward(x).data<float>()];
        LoraAdapter adapter = model.AddAdapters(new LoraConfig { R = 16 }, seed: 1).Adapters[0];
        Assert.Equal(before, model.Forward(x).detach().data<float>().ToArray());
        Assert.Equal(0, adapter.B.abs().max().item<float>());
        Assert.InRange(adapter.A.abs().max().item<float>(), 0.12f, 0.125f);   // 1 / sqrt(64)
        Assert.InRange(adapter.A.std().item<float>(), 0.9 * 0.125 / Math.Sqrt(3), 1.1 * 0.125 / Math.Sqrt(3));
    }

    [Fact]
    public void A_seed_gives_the_same_adapters_again()
    {
        Assert.Equal(Start(3), Start(3));
        Assert.NotEqual(Start(3), Start(4));

        static float[] Start(long seed)
        {
            using OneLinear model = Model();
            return [.. model.AddAdapters(new LoraConfig { R = 2 }, seed).Flat.detach().data<float>()];
        }
    }

    [Fact]
    public void Adapters_are_added_once()
    {
        using OneLinear model = Model();
        model.AddAdapters(new LoraConfig(), seed: 1);
        Assert.Throws<InvalidOperationException>(() => model.AddAdapters(new LoraConfig(), seed: 1));
    }

    [Theory]
    [InlineData(16, 32, false, 2)]
    [InlineData(16, 32, true, 8)]
    [InlineData(8, 8, false, 1)]
    public void The_scale_is_alpha_over_r_or_its_root(int r, double alpha, bool rslora, double scale) =>
        Assert.Equal(scale, new LoraConfig { R = r, LoraAlpha = alpha, UseRslora = rslora }.ScaleOf("q_proj"));

    [Theory]
    [InlineData(0, 8, 0, "r is 0")]
    [InlineData(8, 0, 0, "lora_alpha is 0")]
    [InlineData(8, double.NaN, 0, "lora_alpha is NaN")]
    [InlineData(8, 8, 1, "lora_dropout is 1")]
    [InlineData(8, 8, -0.1, "lora_dropout is -0.1")]
    public void A_value_out_of_range_is_refused_by_name(int r, double alpha, double dropout, string said)
    {
        using OneLinear model = Model();
        var config = new LoraConfig { R = r, LoraAlpha = alpha, LoraDropout = dropout };
        Assert.Contains(said, Assert.Throws<QLoraException>(() => model.AddAdapters(config, seed: 1)).Message);
        Assert.Null(model.Adapters);
    }

    [Fact]
    public void A_target_that_matches_nothing_is_refused_though_others_match()
    {
        using OneLinear model = Model();
        var config = new LoraConfig { TargetModules = ["linear", "liner"] };
        string said = Assert.Throws<QLoraException>(() => model.AddAdapters(config, seed: 1)).Message;
        Assert.Contains("'liner' matches no linear layer", said);
        Assert.Contains("Did you mean 'linear'?", said);
        Assert.Null(model.Linear.Adapter);
    }

    private static OneLinear Model() => OneLinear.Loaded(64, 32, new QuantFormat(QuantType.NF4));
}
