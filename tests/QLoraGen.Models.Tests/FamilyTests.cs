using QLoraGen.Models.Tests.Reference;
using QLoraGen.Testing;
using Xunit.Abstractions;
using static TorchSharp.torch;

namespace QLoraGen.Models.Tests;

/// <summary>Each family against a decoder written out in double, and what quantization, adapters and caches promise of it.</summary>
public sealed class FamilyTests(ITestOutputHelper output)
{
    private static readonly int[] text = [3, 14, 1, 5, 9, 2, 6, 18, 3, 0, 11, 7];

    public static TheoryData<string> Families => [.. RandomModel.Configs.Keys];

    [Theory]
    [MemberData(nameof(Families))]
    public void Logits_are_those_of_the_reference(string family)
    {
        using var folder = new TempFolder();
        RandomModel random = RandomModel.For(family);
        using CausalLM model = random.Load(folder);
        double[][] expected = new ReferenceDecoder(random.Config, random.Weights).Logits(text);
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        float[] logits = [.. model.Forward(Ids()).data<float>()];
        double difference = expected.SelectMany(static row => row).Zip(logits, static (e, a) => Math.Abs(e - a)).Max();
        output.WriteLine($"{family}: {difference:e2}, logits up to {expected.Max(static row => row.Max()):f1}");
        Assert.Equal(expected.Length * expected[0].Length, logits.Length);
        Assert.InRange(difference, 0, 1e-4);
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Token_by_token_over_a_cache_gives_the_logits_of_one_pass(string family)
    {
        using var folder = new TempFolder();
        using CausalLM model = RandomModel.For(family).Load(folder);
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        Tensor whole = model.Forward(Ids());
        using var cache = new KVCache(model.Config.NumHiddenLayers);
        Tensor[] parts = [model.Forward(Ids().narrow(1, 0, 5), cache), .. Enumerable.Range(5, text.Length - 5).Select(at => model.Forward(Ids().narrow(1, at, 1), cache))];
        Assert.InRange((whole - cat(parts, 1)).abs().max().item<float>(), 0, 1e-4);
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void In_nf4_the_region_is_as_long_as_planned_and_linear_layers_alone_are_quantized(string family)
    {
        using var folder = new TempFolder();
        RandomModel random = RandomModel.For(family);
        using CausalLM model = random.Load(folder, new QuantFormat(QuantType.NF4));
        using CausalLM planned = Architectures.Create(Checkpoints.ConfigFile.Open(folder.Path));
        QuantStateLayout plan = QuantStateLayout.Of(planned, new QuantFormat(QuantType.NF4), static _ => TensorDType.F32);
        Assert.Equal(plan.Length, model.Layout!.Length);
        Assert.Equal(random.Weights.Keys.Order(), model.Layout.Entries.Select(static entry => entry.Name).Order());
        Assert.Equal(
            random.Weights.Keys.Where(IsQuantized).Order(),
            model.Layout.Entries.Where(static entry => entry.Format is not null).Select(static entry => entry.Name).Order());
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        Assert.True(model.Forward(Ids()).isfinite().all().item<bool>());

        static bool IsQuantized(string name) => name.EndsWith(".weight") && name.Contains(".layers.") && !name.Contains("norm") && !name.EndsWith(".gate.weight");
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Adapters_stand_on_what_is_quantized_and_each_of_them_learns(string family)
    {
        using var folder = new TempFolder();
        using CausalLM model = RandomModel.For(family).Load(folder, new QuantFormat(QuantType.NF4));
        AdapterArena adapters = model.AddAdapters(new LoraConfig { R = 2 }, seed: 1);
        Assert.Equal(
            model.Layout!.Entries.Where(static entry => entry.Format is not null).Select(static entry => entry.Name[..^".weight".Length]).Order(),
            adapters.Adapters.Select(static adapter => adapter.Path).Order());
        adapters.Flat.requires_grad_(false).add_(0.05f);   // B is zero at the start, and hides A from the loss
        using var scope = NewDisposeScope();
        Autograd.Backward(nn.functional.cross_entropy(model.Forward(Ids())[0], tensor([.. text.Skip(1).Append(0).Select(static id => (long)id)])));
        // An expert that no token chose learns nothing from this text.
        string[] idle = [.. adapters.Adapters.Where(static a => a.A.grad!.abs().max().item<float>() == 0 || a.B.grad!.abs().max().item<float>() == 0).Select(static a => a.Path)];
        Assert.All(idle, static path => Assert.Contains(".experts.", path));
        Assert.InRange(idle.Length, 0, adapters.Adapters.Count / 4);
    }

    private static Tensor Ids() => tensor([.. text.Select(static id => (long)id)]).unsqueeze(0);
}
