using QLoraGen.Checkpoints;
using QLoraGen.Gguf;
using QLoraGen.Models.Tests.Reference;
using QLoraGen.Testing;
using static TorchSharp.torch;

namespace QLoraGen.Models.Tests;

/// <summary>Every family, its weights in whatever form its checkpoints have them, merged with an adapter and with one exported.</summary>
public sealed class FamilyExportTests : IDisposable
{
    private static readonly LoraConfig config = new() { R = 3, LoraAlpha = 6 };
    private readonly TempFolder model = new(), folder = new();

    public static TheoryData<string> Families => [.. RandomModel.Configs.Keys];

    public static TheoryData<string> Fixtures =>
        SharedData.Root is null ? ["none"] : [.. TinyFixture.All.Where(static fixture => fixture.IsKnown).Select(static fixture => fixture.Name)];

    public void Dispose()
    {
        model.Dispose();
        folder.Dispose();
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Merged_it_computes_what_base_and_adapter_compute(string family)
    {
        using CausalLM adapted = Adapted(RandomModel.For(family).Load(model));

        AssertMergedIsTheSame(adapted);
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Magnitudes_biases_and_whole_layers_are_merged_as_well(string family)
    {
        string lastNorm = family.Split(',')[0] switch { "gpt2" => "ln_f", "gpt_neox" => "final_layer_norm", _ => "model.norm" };
        LoraConfig all = config with { UseDora = true, Bias = BiasTraining.All, ModulesToSave = [lastNorm] };
        using CausalLM adapted = Adapted(RandomModel.For(family).Load(model), all);

        AssertMergedIsTheSame(adapted);
    }

    [SharedTheory]
    [MemberData(nameof(Fixtures))]
    public void A_real_checkpoint_merged_computes_what_base_and_adapter_compute(string fixture)
    {
        using CausalLM adapted = Adapted(new TinyFixture(fixture).Load(model));

        AssertMergedIsTheSame(adapted);
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Every_row_of_every_change_is_in_the_exported_file(string family)
    {
        using CausalLM adapted = Adapted(RandomModel.For(family).Load(model));

        GgufSummary written = GgufAdapter.Write(folder.File("a.gguf"), adapted, ConfigFile.Open(model.Path), family);

        GgufReader file = GgufReader.Read(folder.File("a.gguf"));
        Assert.Equal(written.Tensors, file.Tensors.Count);
        double[] trained = [.. adapted.Adapters!.Adapters.SelectMany(static adapter =>
            Marks([.. (adapter.B.detach().mm(adapter.A.detach()) * adapter.Scale).data<float>()], (int)adapter.A.shape[1])).Order()];
        double[] exported = [.. file.Tensors.Keys.Where(static name => name.EndsWith(".lora_a"))
            .SelectMany(name => Exported(file.Tensors[name], file.Tensors[$"{name[..^1]}b"], written.Alpha)).Order()];
        Assert.Equal(trained.Length, exported.Length);
        Assert.All(trained.Zip(exported), static pair => Assert.Equal(pair.First, pair.Second, 1e-4));
    }

    private void AssertMergedIsTheSame(CausalLM adapted)
    {
        using (Checkpoint checkpoint = Checkpoint.Open(model.Path))
        {
            MergedModel.Write(folder.File("merged"), adapted, checkpoint, TensorDType.F32);
        }
        using CausalLM merged = Architectures.Create(ConfigFile.Open(folder.File("merged"))), alone = Architectures.Create(ConfigFile.Open(model.Path));
        Load(merged, folder.File("merged"));
        Load(alone, model.Path);
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        Tensor ids = tensor(new long[,] { { 1, 5, 3, 9, 2, 7, 10, 4, 6, 8, 0, 1 } });
        Tensor together = adapted.Forward(ids);
        Assert.InRange((together - alone.Forward(ids)).abs().max().item<float>(), 1e-2, 1e6);
        Assert.InRange((together - merged.Forward(ids)).abs().max().item<float>(), 0, 1e-4);
    }

    private static void Load(CausalLM model, string folder)
    {
        using Checkpoint checkpoint = Checkpoint.Open(folder);
        model.LoadFrozen(checkpoint, format: null);
    }

    private static CausalLM Adapted(CausalLM model, LoraConfig? given = null)
    {
        AdapterArena arena = model.AddAdapters(given ?? config, seed: 3);
        using var _ = no_grad();
        arena.Flat.normal_(0, 0.2, new Generator(5));
        return model;
    }

    // The rows of each expert, or of the one matrix.
    private static IEnumerable<double> Exported(GgufTensor a, GgufTensor b, float alpha)
    {
        (int width, int r, int height) = ((int)a.Sizes[0], (int)a.Sizes[1], (int)b.Sizes[1]);
        Assert.Equal(r, b.Sizes[0]);
        using var scope = NewDisposeScope();
        Tensor product = tensor(b.Values).view(-1, height, r).bmm(tensor(a.Values).view(-1, r, width)) * (alpha / r);
        return Marks([.. product.data<float>()], width);
    }

    // One number for each row, by which it is known wherever it stands.
    private static IEnumerable<double> Marks(float[] rows, int width) =>
        rows.Chunk(width).Select(static row => row.Select(static (value, i) => value * Math.Cos(i + 1.0)).Sum());
}
