using System.Text.Json;
using QLoraGen.Checkpoints;
using QLoraGen.Testing;
using static TorchSharp.torch;

namespace QLoraGen.Models.Tests;

/// <summary>Logits against the fixture's own, computed elsewhere in float64.</summary>
public sealed class ParityTests
{
    [SharedTheory]
    [InlineData("tiny_llama")]
    [InlineData("tiny_qwen3")]
    public void Logits_of_a_single_file_checkpoint_equal_the_reference(string family)
    {
        using var folder = new TempFolder();
        Copy(folder, $"{family}.safetensors", "model.safetensors");
        Assert.InRange(LargestDifference(folder, family), 0, 1e-4);
    }

    [SharedFact]
    public void Logits_of_a_sharded_checkpoint_equal_the_reference()
    {
        using var folder = new TempFolder();
        Copy(folder, "tiny_llama.safetensors.index.json", "model.safetensors.index.json");
        Copy(folder, "tiny_llama-00001-of-00002.safetensors", "tiny_llama-00001-of-00002.safetensors");
        Copy(folder, "tiny_llama-00002-of-00002.safetensors", "tiny_llama-00002-of-00002.safetensors");
        Assert.InRange(LargestDifference(folder, "tiny_llama"), 0, 1e-4);
    }

    [SharedFact]
    public void Decoding_with_a_cache_gives_the_logits_of_one_pass()
    {
        using var folder = new TempFolder();
        Copy(folder, "tiny_llama.safetensors", "model.safetensors");
        using CausalLM model = Load(folder, "tiny_llama");
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        Tensor ids = tensor(new long[,] { { 2, 6, 2, 3, 6, 4, 10, 9 } });
        Tensor whole = model.Forward(ids);
        using var cache = new KVCache(model.Config.NumHiddenLayers);
        Tensor[] parts = [model.Forward(ids.narrow(1, 0, 3), cache), model.Forward(ids.narrow(1, 3, 4), cache), model.Forward(ids.narrow(1, 7, 1), cache)];
        Assert.InRange((whole - cat(parts, 1)).abs().max().item<float>(), 0, 1e-5f);
    }

    private static double LargestDifference(TempFolder folder, string family)
    {
        using CausalLM model = Load(folder, family);
        using JsonDocument reference = JsonDocument.Parse(File.ReadAllBytes(SharedData.Path("models", "tiny", $"{family}_logits.json")));
        long[][] sequences = reference.RootElement.GetProperty("sequences").Deserialize<long[][]>()!;
        double[][][] expected = reference.RootElement.GetProperty("logits").Deserialize<double[][][]>()!;
        double largest = 0;
        using var _ = no_grad();
        foreach ((long[] ids, double[][] rows) in sequences.Zip(expected))
        {
            using var scope = NewDisposeScope();
            float[] logits = [.. model.Forward(tensor(ids).unsqueeze(0)).data<float>()];
            largest = rows.SelectMany(row => row).Zip(logits, (e, a) => Math.Abs(e - a)).Append(largest).Max();
        }
        return largest;
    }

    private static CausalLM Load(TempFolder folder, string family)
    {
        CausalLM model = Architectures.Create(ConfigFile.Open(SharedData.Path("models", "tiny", $"{family}_config.json")));
        using Checkpoint checkpoint = Checkpoint.Open(folder.Path);
        model.LoadFrozen(checkpoint, format: null);
        return model;
    }

    private static void Copy(TempFolder folder, string name, string to) =>
        File.Copy(SharedData.Path("models", "tiny", name), folder.File(to));
}
