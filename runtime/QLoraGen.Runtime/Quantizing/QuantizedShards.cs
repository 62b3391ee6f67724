using QLoraGen.Checkpoints;

namespace QLoraGen;

/// <summary>The weights' files of a <see cref="QuantizedCheckpoint"/>: quantized when each is written, one weight at a time.</summary>
internal sealed unsafe class QuantizedShards
{
    private readonly Checkpoint checkpoint;
    private readonly QuantFormat format;
    private readonly Action<long>? progress;
    private readonly CancellationToken cancellation;
    private readonly Dictionary<string, LayoutEntry> quantized = [];
    private readonly List<List<TensorInfo>> shards;
    private long done;

    /// <exception cref="QLoraException">A weight of the model is missing or has another shape.</exception>
    public QuantizedShards(
        Checkpoint checkpoint, QuantStateLayout layout, QuantFormat format, long maxShardSize, Action<long>? progress, CancellationToken cancellation)
    {
        (this.checkpoint, this.format, this.progress, this.cancellation) = (checkpoint, format, progress, cancellation);
        foreach (LayoutEntry entry in layout.Entries)
        {
            // Before anything is written: what would be found out when its turn comes, perhaps after an hour.
            TensorInfo source = checkpoint.Require(entry.Name, entry.Tensor.StoredShape);
            if (entry.Format is not null)
            {
                quantized.Add(source.Name, entry);
            }
        }
        shards = Shards.Split(checkpoint.Tensors, LengthOf, maxShardSize);
    }

    /// <summary>How many files hold weights.</summary>
    public int Count => shards.Count;

    /// <summary>The bytes of all tensors, when all files are written.</summary>
    public long Bytes { get; private set; }

    /// <summary>The files, for <see cref="AtomicFolder"/>.</summary>
    public IEnumerable<(string Name, Action<Stream> Write)> Files()
    {
        string[] names = Shards.Names(shards.Count);
        foreach ((int i, List<TensorInfo> shard) in shards.Index())
        {
            yield return (names[i], stream => Write(stream, shard));
        }
        if (shards.Count > 1)
        {
            yield return (CheckpointFiles.Index, stream => Shards.WriteIndex(
                stream, Bytes, shards.SelectMany((shard, i) => shard.SelectMany(KeysOf).Select(key => (key, names[i])))));
        }
    }

    private PackedTensors? PartsOf(TensorInfo tensor) => quantized.TryGetValue(tensor.Name, out LayoutEntry? entry)
        ? new PackedTensors(tensor.Name, format, entry.Tensor.Shape[0], entry.Tensor.Count / entry.Tensor.Shape[0])
        : null;

    private long LengthOf(TensorInfo tensor) =>
        PartsOf(tensor) is { } parts ? parts.Known.Sum(static part => part.Length) + PackedTensors.LongestState : tensor.Length;

    private IEnumerable<string> KeysOf(TensorInfo tensor) =>
        PartsOf(tensor) is { } parts ? parts.Known.Select(static part => part.Name).Append(parts.StateKey) : [tensor.Name];

    private void Write(Stream stream, List<TensorInfo> shard)
    {
        PackedTensors[] packed = [.. shard.Select(PartsOf).OfType<PackedTensors>()];
        var file = new UnorderedSafetensors(
            stream, [.. shard.Where(tensor => !quantized.ContainsKey(tensor.Name)).Select(static tensor => Plain(tensor)), .. packed.SelectMany(static parts => parts.Known)],
            packed.Select(static parts => parts.StateKey), PackedTensors.LongestState);
        using var loader = new CheckpointLoader(checkpoint);
        foreach (TensorInfo tensor in shard)
        {
            cancellation.ThrowIfCancellationRequested();
            if (PartsOf(tensor) is { } parts)
            {
                Quantize(loader, file, tensor, parts);
            }
            else
            {
                file.Write(tensor.Name, checkpoint.Pointer(tensor.Name), tensor.Length);
            }
            progress?.Invoke(done += tensor.Length);
        }
        Bytes += file.Finish();
    }

    private void Quantize(CheckpointLoader loader, UnorderedSafetensors file, TensorInfo source, PackedTensors parts)
    {
        LayoutEntry entry = quantized[source.Name];
        QuantSlot slot = QuantSlot.At(0, entry.Tensor.Count, format);
        using FrozenRegion scratch = FrozenRegion.Allocate(slot.End);
        entry.Tensor.Place(scratch, entry with { Slot = slot });
        try
        {
            loader.Load(entry.Name, entry.Tensor);
            parts.Write(file, entry.Tensor.Quantized, source.DType);
        }
        finally
        {
            entry.Tensor.Leave();
        }
    }

    private static TensorToWrite Plain(TensorInfo tensor) => new(tensor.Name, tensor.DType, tensor.Shape.AsSpan(), static _ => { });
}
