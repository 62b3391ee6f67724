using QLoraGen.Testing;
using static TorchSharp.torch;

namespace QLoraGen.Runtime.Tests.Adapters;

/// <summary>How A and B begin, init_lora_weights.</summary>
public sealed class StartTests
{
    private static readonly QuantFormat Nf4 = new(QuantType.NF4);

    [Theory]
    [InlineData("pissa")]
    [InlineData("pissa_niter_8")]
    [InlineData("olora")]
    public void What_A_and_B_begin_with_is_taken_out_of_the_base(string start)
    {
        var config = new LoraConfig { R = 4, LoraAlpha = 12, InitLoraWeights = start };
        using SmallModel full = SmallModel.Loaded(null, config), quantized = SmallModel.Loaded(Nf4, config), plain = SmallModel.Loaded(Nf4);
        using var scope = NewDisposeScope();
        Tensor w = full.UpBefore();
        // In full precision, base and adapter are the weight again.
        Assert.InRange((Sum(full) - w).abs().max().item<float>(), 0, 1e-5);
        // In 4 bits, up to the quantization of what is left: less than the weight by PiSSA, while OLoRA takes the scale's multiple out.
        double left = (Sum(quantized) - w).norm().item<float>(), whole = (SmallModel.Decoded(plain.Up.Weight) - w).norm().item<float>();
        Assert.InRange(left, 1e-3, start == "olora" ? whole * 2 : whole);
        Assert.True((SmallModel.Decoded(quantized.Up.Weight) - w).norm().item<float>() > 2 * whole);
    }

    [Fact]
    public void Pissa_takes_the_largest_singular_values_and_shares_them_out()
    {
        using SmallModel model = SmallModel.Loaded(Nf4, new LoraConfig { R = 4, LoraAlpha = 2, InitLoraWeights = "pissa" });
        using var scope = NewDisposeScope();
        LoraAdapter adapter = model.Up.Adapter!;
        float[] all = [.. linalg.svdvals(model.UpBefore()).data<float>()];
        float[] taken = [.. linalg.svdvals(adapter.B.mm(adapter.A).detach() * adapter.Scale).data<float>()];
        Assert.All(Enumerable.Range(0, 4), i => Assert.Equal(all[i], taken[i], 1e-4f));
        Assert.Equal(adapter.A.norm().item<float>(), adapter.B.norm().item<float>(), 1e-4f);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_adapter_that_took_from_the_base_is_saved_for_the_base_as_it_was(bool rslora)
    {
        var config = new LoraConfig { R = 2, LoraAlpha = 3, UseRslora = rslora, InitLoraWeights = "pissa", RankPattern = [new("up", 3)] };
        using var folder = new TempFolder();
        using SmallModel trained = SmallModel.Loaded(null, config), loaded = SmallModel.Loaded(null);
        trained.Shake();
        PeftAdapter.Save(folder.Path, trained, "base");
        AdapterArena arena = PeftAdapter.Load(folder.Path, loaded);
        Assert.Equal((LoraStart.Default, 6), (arena.Config.InitLoraWeights, arena.Config.RankOf("up")));
        Assert.True(trained.Answers().Zip(loaded.Answers()).All(static pair => Math.Abs(pair.First - pair.Second) < 1e-4));
    }

    [Fact]
    public void The_cached_region_is_not_touched()
    {
        using var folder = new TempFolder();
        var cache = new RegionCache(folder.Path);
        using SmallModel plain = SmallModel.Loaded(Nf4, new LoraConfig { R = 2 }, cache);
        UInt128 before = plain.Region!.Hash();
        using SmallModel changed = SmallModel.Loaded(Nf4, new LoraConfig { R = 2, InitLoraWeights = "pissa" }, cache);
        Assert.NotEqual(before, changed.Region!.Hash());
        using SmallModel again = SmallModel.Loaded(Nf4, new LoraConfig { R = 2 }, cache);
        Assert.Equal(before, again.Region!.Hash());
        Assert.Single(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void Loftq_makes_up_for_what_quantization_loses_and_leaves_the_base()
    {
        using SmallModel plain = SmallModel.Loaded(Nf4), model = SmallModel.Loaded(Nf4, new LoraConfig { R = 8, LoraAlpha = 24, InitLoraWeights = "loftq" });
        using var scope = NewDisposeScope();
        Tensor w = model.UpBefore();
        Assert.Equal(plain.Region!.Hash(), model.Region!.Hash());
        double with = (Sum(model) - w).norm().item<float>(), without = (SmallModel.Decoded(plain.Up.Weight) - w).norm().item<float>();
        Assert.True(with < 0.85 * without, $"{with} of {without}");
    }

    [Fact]
    public void Without_4_bits_there_is_nothing_to_make_up_for() => Assert.Contains("full precision",
        Assert.Throws<QLoraException>(() => SmallModel.Loaded(null, new LoraConfig { R = 2, InitLoraWeights = "loftq" })).Message, StringComparison.Ordinal);

    [Fact]
    public void Gaussian_has_a_deviation_of_one_over_r_and_orthogonal_rows_cancel_out()
    {
        using SmallModel gaussian = SmallModel.Loaded(Nf4, new LoraConfig { R = 16, InitLoraWeights = "gaussian" });
        using SmallModel orthogonal = SmallModel.Loaded(Nf4, new LoraConfig { R = 8, InitLoraWeights = "orthogonal" });
        using SmallModel random = SmallModel.Loaded(Nf4, new LoraConfig { R = 8, InitLoraWeights = "false" });
        using var scope = NewDisposeScope();
        Assert.InRange(gaussian.Up.Adapter!.A.std().item<float>(), 0.9f / 16, 1.1f / 16);
        Assert.Equal(0, gaussian.Up.Adapter.B.abs().max().item<float>());
        (Tensor a, Tensor b) = (orthogonal.Up.Adapter!.A, orthogonal.Up.Adapter.B);
        Assert.InRange(b.mm(a).abs().max().item<float>(), 0, 1e-5);
        Assert.True(a.norm().item<float>() > 0.1 && b.norm().item<float>() > 0.1);
        Assert.True(random.Up.Adapter!.B.norm().item<float>() > 0.1);
    }

    [Theory]
    [InlineData("pisa", 4, "pissa_niter_16")]
    [InlineData("orthogonal", 3, "even r")]
    [InlineData("eva", 4, "use true, false")]
    public void A_start_that_cannot_be_is_refused_by_name(string start, int r, string said)
    {
        using SmallModel model = SmallModel.Loaded(Nf4);
        string message = Assert.Throws<QLoraException>(() => model.AddAdapters(new LoraConfig { R = r, InitLoraWeights = start }, seed: 1)).Message;
        Assert.Contains("QLG316: init_lora_weights is", message, StringComparison.Ordinal);
        Assert.Contains(said, message, StringComparison.Ordinal);
        Assert.Null(model.Adapters);
    }

    [Fact]
    public void What_begins_from_the_weights_needs_the_checkpoint_once_more()
    {
        using SmallModel model = SmallModel.Loaded(Nf4);
        Assert.Contains("while the checkpoint is loaded",
            Assert.Throws<QLoraException>(() => model.AddAdapters(new LoraConfig { InitLoraWeights = "pissa" }, seed: 1)).Message, StringComparison.Ordinal);
    }

    private static Tensor Sum(SmallModel model) =>
        (SmallModel.Decoded(model.Up.Weight) + (model.Up.Adapter!.B.mm(model.Up.Adapter.A) * model.Up.Adapter.Scale)).detach();
}
