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
            Assert.True(single.Finite(tensor.Name, tensor.Shape.AsSpan()).SequenceEqual(sharded.Finite(tensor.Name, tensor.Shape.AsSpan())));
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

        Assert.Equal(MemoryMarshal.Cast<byte, float>(checkpoint.Finite("model.norm.weight", [64])).ToArray(), weights);
        Assert.Contains(weights, w => w != 0);
    }

    [Theory]
    [InlineData("F32")]
    [InlineData("F16")]
    [InlineData("BF16")]
    public void A_weight_that_is_not_finite_is_refused_with_its_index(string dtype)
    {
        int size = dtype == "F32" ? 4 : 2;
        byte[][] bad = dtype switch
        {
            "F32" => [BitConverter.GetBytes(float.NaN), BitConverter.GetBytes(float.NegativeInfinity)],
            "F16" => [BitConverter.GetBytes(Half.NaN), BitConverter.GetBytes(Half.PositiveInfinity)],
            _ => [[0xC1, 0x7F], [0x80, 0xFF]],
        };
        foreach (byte[] value in bad)
        {
            foreach (int index in (int[])[0, 7, 15, 16, 40])
            {
                byte[] data = new byte[41 * size];
                value.CopyTo(data, index * size);
                using Checkpoint checkpoint = Single(Raw.OneTensor("w", dtype, [41], data));

                string message = Refused(() => checkpoint.Read("w", [41], new float[41]));

                Assert.Contains($"flat index {index}.", message);
                Assert.Contains("'w'", message);
                Assert.Contains("model.safetensors", message);
            }
        }
    }

    [Fact]
    public void The_index_counts_on_past_the_first_piece()
    {
        byte[] data = new byte[2 * ((1 << 20) + 100)];
        data[2 * ((1 << 20) + 50) + 1] = 0x7C;
        using Checkpoint checkpoint = Single(Raw.OneTensor("w", "F16", [data.Length / 2], data));

        Assert.Contains($"flat index {(1 << 20) + 50}.", Refused(() => checkpoint.Read("w", [data.Length / 2], new float[data.Length / 2])));
    }

    [Fact]
    public void Another_shape_or_type_is_refused_with_both_named()
    {
        using Checkpoint checkpoint = Single(Raw.File(Raw.TwoTensors, 19));

        Assert.Contains("expected shape [4], found [2, 2]", Refused(() => checkpoint.Read("a", [4], new float[4])));
        Assert.Contains("expected shape [4, 1], found [2, 2]", Refused(() => _ = checkpoint.Finite("a", [4, 1]).Length));
        Assert.Contains("is U8 where F32, F16 or BF16 is needed", Refused(() => checkpoint.Read("b", [3], new float[3])));
        Assert.Throws<ArgumentException>(() => checkpoint.Read("a", [2, 2], new float[5]));
    }

    [Fact]
    public void A_missing_tensor_is_answered_with_the_nearest_name()
    {
        using Checkpoint checkpoint = Single(Raw.File(
            """{"model.norm.weight":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"lm_head.weight":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}""", 0));

        Assert.Contains("nearest name is 'model.norm.weight'", Refused(() => _ = checkpoint.Find("model.norms.weight")));
        Assert.DoesNotContain("nearest", Refused(() => _ = checkpoint.Find("q")));
    }

    [Fact]
    public void A_checkpoint_without_the_head_s_first_name_is_read_as_if_it_had_it()
    {
        using Checkpoint checkpoint = Single(Raw.File(
            """{"wte.weight":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"h.0.weight":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}""", 0));

        Assert.Equal("wte.weight", checkpoint.Find("transformer.wte.weight").Name);
        Assert.True(checkpoint.Contains("transformer.h.0.weight"));
        Assert.False(checkpoint.Contains("transformer.h.1.weight"));
        Assert.False(checkpoint.Contains("h.wte.weight"));   // h stands for something else here
    }

    [Fact]
    public void The_hash_is_of_every_byte_and_of_the_shards_names()
    {
        byte[] bytes = Raw.OneTensor("w", "U8", [3], 1, 2, 3);
        string original = HashOf("one.safetensors", bytes);
        bytes[^1]++;

        Assert.Matches("^[0-9a-f]{32}$", original);
        Assert.NotEqual(original, HashOf("one.safetensors", bytes));
        bytes[^1]--;
        Assert.NotEqual(original, HashOf("two.safetensors", bytes));
        Assert.Equal(original, HashOf("one.safetensors", bytes));

        string HashOf(string shard, byte[] content)
        {
            using TempFolder other = new();
            other.Write(shard, content);
            other.Write("model.safetensors.index.json", $$$"""{"weight_map":{"w":"{{{shard}}}"}}""");
            using Checkpoint checkpoint = Checkpoint.Open(other.Path);
            return checkpoint.ContentHash();
        }
    }

    [Fact]
    public void Hashing_can_be_cancelled()
    {
        using Checkpoint checkpoint = Single(Raw.File(Raw.TwoTensors, 19));
        Assert.Throws<OperationCanceledException>(() => checkpoint.ContentHash(new(canceled: true)));
    }

    [Fact]
    public void Nothing_can_be_read_after_dispose()
    {
        Checkpoint checkpoint = Single(Raw.File(Raw.TwoTensors, 19));
        checkpoint.Dispose();

        Assert.Throws<ObjectDisposedException>(() => checkpoint.Read("a", [2, 2], new float[4]));
        Assert.Throws<ObjectDisposedException>(() => checkpoint.Finite("a", [2, 2]).Length);
        Assert.Throws<ObjectDisposedException>(() => checkpoint.ContentHash());
    }

    private static string Refused(Action action) => Assert.Throws<QLoraException>(action).Message;

    private Checkpoint Single(byte[] bytes)
    {
        folder.Write("model.safetensors", bytes);
        return Checkpoint.Open(folder.Path);
    }

    private static void Copy(string from, TempFolder folder, string to) =>
        folder.Write(to, File.ReadAllBytes(SharedData.Path("models", "tiny", from)));
}
