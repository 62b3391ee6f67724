using QLoraGen.Testing;
using static TorchSharp.torch;

namespace QLoraGen.Runtime.Tests.Adapters;

/// <summary>Several adapters on one model: switched by name, and merged by weights as PEFT's add_weighted_adapter does it.</summary>
public sealed class SeveralAdaptersTests
{
    private static readonly LoraConfig First = new() { R = 3, LoraAlpha = 6, TargetModules = ["up", "embed_tokens"] };
    private static readonly LoraConfig Second = new() { R = 3, LoraAlpha = 4, UseRslora = true, TargetModules = ["up", "head"] };

    [Fact]
    public void Each_is_what_it_would_be_alone()
    {
        using SmallModel both = Two(), first = One(First, 1), second = One(Second, 2);
        Assert.Equal(second.Answers(), both.Answers());
        both.Activate("first");
        Assert.Equal(first.Answers(), both.Answers());
        both.Activate("second");
        Assert.Equal(second.Answers(), both.Answers());
        Assert.Equal(["first", "second"], both.AdaptersByName.Keys);
        Assert.Contains("there are first, second", Assert.Throws<QLoraException>(() => both.Activate("third")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(AdapterCombination.Cat, null)]
    [InlineData(AdapterCombination.Svd, 6)]
    public void A_sum_is_the_weighted_sum_of_what_they_add(AdapterCombination combination, int? rank)
    {
        using SmallModel model = Two();
        using var scope = NewDisposeScope();
        Tensor up = Delta(model, "first", model.Up) * 0.7 + (Delta(model, "second", model.Up) * -0.4);
        Tensor head = Delta(model, "second", model.Head) * -0.4, table = Delta(model, "first", model.EmbedTokens) * 0.7;
        WeightedAdapter.Add(model, "sum", [new("first", 0.7), new("second", -0.4)], combination, rank);
        Assert.InRange((Delta(model, "sum", model.Up) - up).abs().max().item<float>(), 0, 1e-5);
        Assert.InRange((Delta(model, "sum", model.Head) - head).abs().max().item<float>(), 0, 1e-5);
        Assert.InRange((Delta(model, "sum", model.EmbedTokens) - table).abs().max().item<float>(), 0, 1e-5);
    }

    [Fact]
    public void A_sum_that_is_cut_keeps_the_largest_singular_values()
    {
        using SmallModel model = Two();
        using var scope = NewDisposeScope();
        float[] all = [.. linalg.svdvals(Delta(model, "first", model.Up) + Delta(model, "second", model.Up)).data<float>()];
        WeightedAdapter.Add(model, "sum", [new("first", 1), new("second", 1)], AdapterCombination.Svd);
        float[] kept = [.. linalg.svdvals(Delta(model, "sum", model.Up)).data<float>()];
        Assert.Equal([3, SmallModel.Width], model.Up.Adapter!.A.shape);
        Assert.All(Enumerable.Range(0, 3), i => Assert.Equal(all[i], kept[i], 1e-4f));
    }

    [Fact]
    public void A_linear_sum_has_the_roots_of_its_weights()
    {
        using SmallModel model = Two();
        using var scope = NewDisposeScope();
        LoraAdapter one = Of(model, "first", model.Up), two = Of(model, "second", model.Up);
        double a = 0.5 * one.Scale, b = 0.25 * two.Scale;
        Tensor expected = ((one.B * Math.Sqrt(a)) + (two.B * Math.Sqrt(b))).mm((one.A * Math.Sqrt(a)) - (two.A * Math.Sqrt(b)));
        WeightedAdapter.Add(model, "sum", [new("first", 0.5), new("second", -0.25)], AdapterCombination.Linear);
        Assert.InRange((Delta(model, "sum", model.Up) - expected).abs().max().item<float>(), 0, 1e-5);
    }

    [Fact]
    public void A_sum_is_saved_and_loaded_as_any_other()
    {
        using var folder = new TempFolder();
        using SmallModel model = Two(), loaded = SmallModel.Loaded(new QuantFormat(QuantType.NF4));
        WeightedAdapter.Add(model, "sum", [new("first", 1), new("second", 1)], AdapterCombination.Cat);
        PeftAdapter.Save(folder.Path, model, "base");
        PeftAdapter.Load(folder.Path, loaded, "again");
        Assert.Equal(model.Answers(), loaded.Answers());
    }

    [Fact]
    public void What_is_more_than_A_and_B_has_no_sum()
    {
        using SmallModel model = Two();
        model.AddAdapters(new LoraConfig { R = 2, UseDora = true }, seed: 1, "dora");
        Assert.Contains("dora: its use_dora is set", Refused("dora"), StringComparison.Ordinal);
        Assert.Contains("There is no adapter 'third'", Refused("third"), StringComparison.Ordinal);
        model.AddAdapters(new LoraConfig { R = 2 }, seed: 1, "narrow");
        Assert.Contains("up: the adapters have the ranks 3 and 2", Refused("narrow"), StringComparison.Ordinal);

        string Refused(string name) => Assert.Throws<QLoraException>(
            () => WeightedAdapter.Add(model, "sum", [new("first", 1), new(name, 1)], AdapterCombination.Linear)).Message;
    }

    private static SmallModel Two()
    {
        SmallModel model = SmallModel.Loaded(new QuantFormat(QuantType.NF4));
        model.AddAdapters(First, seed: 1, "first");
        model.Shake();
        model.AddAdapters(Second, seed: 2, "second");
        model.Shake();
        return model;
    }

    private static SmallModel One(LoraConfig config, long seed)
    {
        SmallModel model = SmallModel.Loaded(new QuantFormat(QuantType.NF4));
        model.AddAdapters(config, seed);
        model.Shake();
        return model;
    }

    private static LoraAdapter Of(SmallModel model, string name, Layer layer)
    {
        model.Activate(name);
        return layer.Adapter!;
    }

    private static Tensor Delta(SmallModel model, string name, Layer layer)
    {
        LoraAdapter adapter = Of(model, name, layer);
        return (adapter.B.mm(adapter.A) * adapter.Scale).detach();
    }
}
