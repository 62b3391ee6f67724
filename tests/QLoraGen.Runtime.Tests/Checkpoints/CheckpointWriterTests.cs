using System.Text.Json;
using QLoraGen.Checkpoints;
using QLoraGen.Testing;

namespace QLoraGen.Runtime.Tests.Checkpoints;

public sealed class CheckpointWriterTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void What_one_file_can_hold_is_one_file()
    {
        Write(40, Tensor("a", 16), Tensor("b", 24));

        Assert.Equal(["model.safetensors"], Names());
        Assert.Equal(["a", "b"], Read());
    }

    [Fact]
    public void More_is_split_in_order_and_the_index_says_where_each_is()
    {
        Write(40, Tensor("c", 16), Tensor("b", 24), Tensor("a", 4), Tensor("d", 100), Tensor("e", 4));

        Assert.Equal(
            ["model-00001-of-00004.safetensors", "model-00002-of-00004.safetensors", "model-00003-of-00004.safetensors",
                "model-00004-of-00004.safetensors", "model.safetensors.index.json"],
            Names());
        Assert.Equal(["c", "b", "a", "d", "e"], Read());
        using JsonDocument index = JsonDocument.Parse(File.ReadAllText(folder.File("out", "model.safetensors.index.json")));
        Assert.Equal(148, index.RootElement.GetProperty("metadata").GetProperty("total_size").GetInt64());
        Assert.Equal(
            ["a 2", "b 1", "c 1", "d 3", "e 4"],
            index.RootElement.GetProperty("weight_map").EnumerateObject().Select(static e => $"{e.Name} {e.Value.GetString()![10]}"));
    }

    [Fact]
    public void Transformers_asks_for_the_format_in_the_metadata()
    {
        Write(40, Tensor("a", 16));

        using SafetensorsFile file = SafetensorsFile.Open(folder.File("out", "model.safetensors"));
        Assert.Equal("pt", file.Metadata["format"]);
    }

    private void Write(long maxShardSize, params TensorToWrite[] tensors) =>
        AtomicFolder.Write(folder.File("out"), CheckpointWriter.Files(tensors, maxShardSize));

    private string[] Names() => [.. Directory.GetFiles(folder.File("out")).Select(static path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    // Opening checks the index against the shards; each tensor is filled with the first letter of its name.
    private string[] Read()
    {
        using Checkpoint checkpoint = Checkpoint.Open(folder.File("out"));
        Assert.All(checkpoint.Tensors, tensor =>
        {
            using SafetensorsFile file = SafetensorsFile.Open(checkpoint.FileOf(tensor.Name));
            Assert.Equal(Enumerable.Repeat((byte)tensor.Name[0], (int)tensor.Length), file.Bytes(file.Tensors[tensor.Name]).ToArray());
        });
        return [.. checkpoint.Tensors.Select(static tensor => tensor.Name)];
    }

    private static TensorToWrite Tensor(string name, int length) =>
        new(name, TensorDType.U8, [length], Enumerable.Repeat((byte)name[0], length).ToArray());
}
