using System.Runtime.InteropServices;
using QLoraGen.Checkpoints;
using QLoraGen.Testing;

namespace QLoraGen.Runtime.Tests.Checkpoints;

public sealed class CheckpointTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [SharedFact]
    public void Shards_hold_what_the_single_file_holds()
    {
        using TempFolder other = new();
        Copy("tiny_llama.safetensors", folder, "model.safetensors");
        Copy("tiny_llama.safetensors.index.json", other, "model.safetensors.index.json");
        foreach (string shard in (string[])["tiny_llama-00001-of-00002.safetensors", "tiny_llama-00002-of-00002.safetensors"])
        {
            Copy(shard, other, shard);
        }
        using Checkpoint single = Checkpoint.Open(folder.Path), sharded = Checkpoint.Open(other.Path);

        Assert.Equal(single.Tensors.Select(t => t.Name).Order(), sharded.Tensors.Select(t => t.Name).Order());
        foreach (TensorInfo tensor in single.Tensors)
        {
            Assert.True(single.Raw(tensor.Name, tensor.Shape.AsSpan()).SequenceEqual(sharded.Raw(tensor.Name, tensor.Shape.AsSpan())));
        }
        Assert.NotEqual(single.ContentHash(), sharded.ContentHash());
        Assert.EndsWith("tiny_llama-00002-of-00002.safetensors", sharded.FileOf("lm_head.weight"));
    }

    [SharedFact]
    public void Real_weights_are_read_as_they_stand()
    {
        using Checkpoint checkpoint = Checkpoint.Open(SharedData.Path("models", "stories260K"));
        float[] weights = new float[64];

        checkpoint.Read("model.norm.weight", [64], weights);

        Assert.Equal(MemoryMarshal.Cast<byte, float>(checkpoint.Raw("model.norm.weight", [64])).ToArray(), weights);
        Assert.Contains(weights, w => w != 0);
    }

    private static void Copy(string from, TempFolder folder, string to) =>
        folder.Write(to, File.ReadAllBytes(SharedData.Path("models", "tiny", from)));
}
