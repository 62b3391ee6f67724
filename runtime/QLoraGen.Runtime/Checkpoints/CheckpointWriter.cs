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
        List<List<TensorToWrite>> shards = Shards.Split(tensors, static tensor => tensor.Length, maxShardSize);
        string[] names = Shards.Names(shards.Count);
        if (shards.Count <= 1)
        {
            return [(names[0], SafetensorsWriter.Content(tensors, Metadata))];
        }
        return
        [
            .. shards.Select((shard, i) => (names[i], SafetensorsWriter.Content(shard, Metadata))),
            (CheckpointFiles.Index, stream => Shards.WriteIndex(
                stream, tensors.Sum(static tensor => tensor.Length), shards.SelectMany((shard, i) => shard.Select(tensor => (tensor.Name, names[i]))))),
        ];
    }
}
