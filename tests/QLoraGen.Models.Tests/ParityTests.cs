using QLoraGen.Checkpoints;
using QLoraGen.Testing;
using Xunit.Abstractions;
using static TorchSharp.torch;

namespace QLoraGen.Models.Tests;

/// <summary>Logits against those that Transformers computed, for every fixture that lies in the shared data.</summary>
public sealed class ParityTests(ITestOutputHelper output)
{
    public static TheoryData<string> Known => [.. TinyFixture.All.Where(static fixture => fixture.IsKnown).Select(static fixture => fixture.Name)];

    [SharedTheory]
    [MemberData(nameof(Known))]
    public void Logits_equal_the_reference(string fixture)
    {
        using var folder = new TempFolder();
        double difference = new TinyFixture(fixture).LargestDifference(folder);
        output.WriteLine($"{fixture}: {difference:e2}");
        Assert.InRange(difference, 0, 1e-4);
    }

    [UnknownFamilies]
    public void Every_fixture_is_of_a_family_that_is_declared() => Assert.NotEmpty(TinyFixture.All);

    [SharedFact]
    public void Logits_of_a_sharded_checkpoint_equal_the_reference()
    {
        using var folder = new TempFolder();
        Copy(folder, "tiny_llama.safetensors.index.json", "model.safetensors.index.json");
        Copy(folder, "tiny_llama-00001-of-00002.safetensors", "tiny_llama-00001-of-00002.safetensors");
        Copy(folder, "tiny_llama-00002-of-00002.safetensors", "tiny_llama-00002-of-00002.safetensors");
        using CausalLM model = Architectures.Create(ConfigFile.Open(SharedData.Path("models", "tiny", "tiny_llama_config.json")));
        using Checkpoint checkpoint = Checkpoint.Open(folder.Path);
        model.LoadFrozen(checkpoint, format: null);
        Assert.InRange(new TinyFixture("llama").LargestDifference(model), 0, 1e-4);
    }

    [SharedTheory]
    [MemberData(nameof(Known))]
    public void Decoding_with_a_cache_gives_the_logits_of_one_pass(string fixture)
    {
        using var folder = new TempFolder();
        using CausalLM model = new TinyFixture(fixture).Load(folder);
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        Tensor ids = tensor(new long[,] { { 2, 6, 2, 3, 6, 4, 10, 9 } });   // longer than the windows of those that have one
        Tensor whole = model.Forward(ids);
        using var cache = new KVCache(model.Config.NumHiddenLayers);
        Tensor[] parts = [model.Forward(ids.narrow(1, 0, 3), cache), model.Forward(ids.narrow(1, 3, 4), cache), model.Forward(ids.narrow(1, 7, 1), cache)];
        Assert.InRange((whole - cat(parts, 1)).abs().max().item<float>(), 0, 1e-5f);
    }

    private static void Copy(TempFolder folder, string name, string to) =>
        File.Copy(SharedData.Path("models", "tiny", name), folder.File(to));

    /// <summary>Skipped where there are fixtures of families for which there is no class here; the reason names them.</summary>
    private sealed class UnknownFamiliesAttribute : FactAttribute
    {
        public UnknownFamiliesAttribute()
        {
            TinyFixture[] unknown = SharedData.Root is null ? [] : [.. TinyFixture.All.Where(static fixture => !fixture.IsKnown)];
            Skip = SharedData.Root is null ? "needs ../shared/data"
                : unknown.Length > 0 ? $"not declared here: {string.Join(", ", unknown.Select(static fixture => $"{fixture.Name} ({fixture.ModelType ?? "no model_type"})"))}"
                : null;
        }
    }
}
