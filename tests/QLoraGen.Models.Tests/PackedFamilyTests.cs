using QLoraGen.Checkpoints;
using QLoraGen.Models.Tests.Reference;
using QLoraGen.Testing;

namespace QLoraGen.Models.Tests;

/// <summary>Every family written as a 4-bit checkpoint and read back: the region is that of the weights quantized directly, bit for bit.</summary>
public sealed class PackedFamilyTests : IDisposable
{
    private static readonly QuantFormat nf4 = new(QuantType.NF4);
    private readonly TempFolder folder = new(), packed = new();

    public static TheoryData<string> Families => [.. RandomModel.Configs.Keys];

    public static TheoryData<string> Fixtures => ParityTests.Known;

    public void Dispose()
    {
        folder.Dispose();
        packed.Dispose();
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Families_of_random_weights(string family)
    {
        using CausalLM direct = RandomModel.For(family).Load(folder, nf4);
        SameWhenPacked(direct);
    }

    // Phi-3's fused layers and GPT-2's transposed ones, whose names lack the model's own, are among them.
    [SharedTheory]
    [MemberData(nameof(Fixtures))]
    public void Fixtures_of_Transformers(string fixture)
    {
        using CausalLM direct = new TinyFixture(fixture).Load(folder, nf4);
        SameWhenPacked(direct);
    }

    private void SameWhenPacked(CausalLM direct)
    {
        string written = packed.File("model");
        using (CausalLM source = Architectures.Create(ConfigFile.Open(folder.Path)))
        using (Checkpoint weights = Checkpoint.Open(folder.Path))
        {
            QuantizedCheckpoint.Write(written, source, weights, nf4);
        }
        using CausalLM read = Architectures.Create(ConfigFile.Open(written));
        using Checkpoint checkpoint = Checkpoint.Open(written);
        read.LoadFrozen(checkpoint, read.Config.QuantizationConfig!.FormatWith(nf4.BlockSize));

        Assert.Equal(direct.Region!.Hash(), read.Region!.Hash());
        Assert.Contains(read.Layout!.Entries, static entry => entry.Format is not null);
    }
}
