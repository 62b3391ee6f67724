using System.Globalization;
using System.Text.Json;

namespace QLoraGen.Checkpoints;

/// <summary>
/// The files of a model's weights as Hugging Face lays them out: <c>model.safetensors</c> where one is enough, or else shards
/// <c>model-00001-of-00003.safetensors</c> and the index of which tensor is where.
/// </summary>
public static class CheckpointWriter
{
    /// <summary>The size of a shard where nobody says another: Transformers' own default of 5 GB.</summary>
    public const long DefaultShardSize = 5_000_000_000;

    private static readonly Dictionary<string, string> Metadata = new() { ["format"] = "pt" };

    /// <summary>The files to write, for <see cref="AtomicFolder"/>; a tensor's bytes are asked for when its file is written.</summary>
    /// <param name="tensors">In the order in which they are to stand.</param>
    /// <param name="maxShardSize">The most bytes of tensors in a file; a tensor that is larger has a file of its own.</param>
    public static IReadOnlyList<(string Name, Action<Stream> Write)> Files(IReadOnlyList<TensorToWrite> tensors, long maxShardSize = DefaultShardSize)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxShardSize, 1);
        List<List<TensorToWrite>> shards = Split(tensors, maxShardSize);
        if (shards.Count <= 1)
        {
            return [(CheckpointFiles.Single, SafetensorsWriter.Content(tensors, Metadata))];
        }
        string[] names = [.. shards.Select((_, i) => string.Create(
            CultureInfo.InvariantCulture, $"model-{i + 1:D5}-of-{shards.Count:D5}.safetensors"))];
        return
        [
            .. shards.Select((shard, i) => (names[i], SafetensorsWriter.Content(shard, Metadata))),
            (CheckpointFiles.Index, stream => WriteIndex(stream, shards, names)),
        ];
    }

    private static List<List<TensorToWrite>> Split(IReadOnlyList<TensorToWrite> tensors, long maxShardSize)
    {
        List<List<TensorToWrite>> shards = [];
        long room = 0;
        foreach (TensorToWrite tensor in tensors)
        {
            if (shards.Count == 0 || tensor.Length > room)
            {
                shards.Add([]);
                room = maxShardSize;
            }
            shards[^1].Add(tensor);
            room -= tensor.Length;
        }
        return shards;
    }

    private static void WriteIndex(Stream stream, List<List<TensorToWrite>> shards, string[] names)
    {
        using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteStartObject("metadata");
        json.WriteNumber("total_size", shards.Sum(static shard => shard.Sum(static tensor => tensor.Length)));
        json.WriteEndObject();
        json.WriteStartObject("weight_map");
        foreach ((string name, string file) in shards.SelectMany((shard, i) => shard.Select(tensor => (tensor.Name, names[i])))
            .OrderBy(static entry => entry.Name, StringComparer.Ordinal))
        {
            json.WriteString(name, file);
        }
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
