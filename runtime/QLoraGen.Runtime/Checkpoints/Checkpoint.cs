using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;

namespace QLoraGen.Checkpoints;

/// <summary>
/// The weights of a model in a folder as Hugging Face lays it out: <c>model.safetensors</c>, or shards under
/// <c>model.safetensors.index.json</c>. The files stay memory-mapped until this is disposed of; none is copied to memory. Pickles are
/// never read. Any number of threads may read it; none may while it is disposed of.
/// </summary>
public sealed class Checkpoint : IDisposable
{
    private const int HashedAtOnce = 1 << 24;

    private readonly List<SafetensorsFile> shards = [];
    private readonly OrderedDictionary<string, (SafetensorsFile File, TensorInfo Tensor)> tensors = [];

    private Checkpoint(string folder) => Folder = folder;

    /// <summary>The folder as it was given.</summary>
    public string Folder { get; }

    /// <summary>All tensors: shard by shard in the order of their names, within a shard in the order of its header.</summary>
    public IEnumerable<TensorInfo> Tensors => tensors.Values.Select(t => t.Tensor);

    /// <summary>Maps all files of a checkpoint and checks their headers and, where there is one, the index against them.</summary>
    /// <param name="folder">The model's folder. Tensors in a shard that the index does not list belong to the checkpoint too.</param>
    /// <exception cref="QLoraException">
    /// There is no such folder or no checkpoint in it, only pickles are; a file is damaged; the index names a file outside the folder,
    /// a shard that is missing, or a tensor that is not in its shard; a tensor is in two shards.
    /// </exception>
    public static Checkpoint Open(string folder)
    {
        CheckpointFiles files = CheckpointFiles.In(folder);
        Checkpoint checkpoint = new(folder);
        try
        {
            foreach (string shard in files.Shards)
            {
                checkpoint.CheckPresent(shard);
                checkpoint.Add(shard);
            }
            foreach ((string name, string shard) in files.WeightMap ?? new Dictionary<string, string>())
            {
                checkpoint.CheckPlace(name, shard);
            }
            return checkpoint;
        }
        catch
        {
            checkpoint.Dispose();
            throw;
        }
    }

    /// <summary>Whether the checkpoint has a tensor of this name.</summary>
    public bool Contains(string name) => tensors.ContainsKey(name) || TryGetHeadless(name, out _);

    /// <summary>Whether a folder holds the files of a checkpoint; nothing is opened.</summary>
    public static bool IsIn(string folder) =>
        File.Exists(Path.Combine(folder, CheckpointFiles.Single)) || File.Exists(Path.Combine(folder, CheckpointFiles.Index));

    /// <summary>Whether any of its weights is quantized already, as bitsandbytes serializes them.</summary>
    public bool IsPacked => tensors.Keys.Any(static name => name.Contains(PackedWeight.StateMark, StringComparison.Ordinal));

    /// <summary>What the checkpoint says of a tensor.</summary>
    /// <exception cref="QLoraException">It has no such tensor; the message gives the nearest name.</exception>
    public TensorInfo Find(string name) => Get(name).Tensor;

    /// <summary>The path of the file that holds a tensor.</summary>
    /// <exception cref="QLoraException">The checkpoint has no such tensor; the message gives the nearest name.</exception>
    public string FileOf(string name) => Get(name).File.Path;

    /// <summary>Reads an F32, F16 or BF16 tensor as fp32, which loses nothing.</summary>
    /// <param name="name">The checkpoint's key.</param>
    /// <param name="shape">The shape it must have.</param>
    /// <param name="destination">Row-major, exactly as many elements as the shape; on error its content is not defined.</param>
    /// <exception cref="QLoraException">It is missing, has another shape or type, or holds an infinity or NaN.</exception>
    public void Read(string name, ReadOnlySpan<long> shape, Span<float> destination)
    {
        (SafetensorsFile file, TensorInfo tensor) = Get(name, shape);
        file.Read(tensor, destination);
    }

    /// <summary>The bytes of an F32, F16 or BF16 tensor as they are in the file, all of them finite; valid until this is disposed of.</summary>
    /// <param name="name">The checkpoint's key.</param>
    /// <param name="shape">The shape it must have.</param>
    /// <exception cref="QLoraException">It is missing, has another shape or type, holds an infinity or NaN, or has 2 GiB or more.</exception>
    public ReadOnlySpan<byte> Finite(string name, ReadOnlySpan<long> shape)
    {
        (SafetensorsFile file, TensorInfo tensor) = Get(name, shape);
        file.CheckFinite(tensor);
        return file.Bytes(tensor);
    }

    /// <summary>The bytes of a tensor of any type as they are in the file; valid until this is disposed of.</summary>
    /// <exception cref="QLoraException">It is missing, or has 2 GiB or more.</exception>
    internal ReadOnlySpan<byte> Bytes(string name) => Get(name) is var found ? found.File.Bytes(found.Tensor) : default;

    /// <summary>The first of the bytes of a tensor, however many; valid until this is disposed of.</summary>
    internal unsafe byte* Pointer(string name) => Get(name) is var found ? found.File.Pointer(found.Tensor) : null;

    /// <summary>What the checkpoint says of a tensor that is to be read as plain values.</summary>
    /// <exception cref="QLoraException">It is missing, has another shape or is quantized.</exception>
    internal TensorInfo Require(string name, ReadOnlySpan<long> shape) => Get(name, shape).Tensor;

    /// <summary>The error for something wrong with a tensor of this checkpoint.</summary>
    internal QLoraException Wrong(string name, string what) => Get(name).File.Wrong(name, what);

    /// <summary>
    /// XxHash128 over every shard's name, length and bytes, in the order of the names, as 32 lowercase hexadecimal digits: tells
    /// checkpoints apart, and is no defence against someone who forges one.
    /// </summary>
    public string ContentHash(CancellationToken cancellation = default)
    {
        XxHash128 hash = new();
        Span<byte> length = stackalloc byte[8];
        foreach (SafetensorsFile shard in shards)
        {
            byte[] name = Encoding.UTF8.GetBytes(Path.GetFileName(shard.Path));
            BinaryPrimitives.WriteInt64LittleEndian(length, name.Length);
            hash.Append(length);
            hash.Append(name);
            BinaryPrimitives.WriteInt64LittleEndian(length, shard.FileLength);
            hash.Append(length);
            for (long at = 0; at < shard.FileLength; at += HashedAtOnce)
            {
                cancellation.ThrowIfCancellationRequested();
                hash.Append(shard.Whole(at, HashedAtOnce));
            }
        }
        return Convert.ToHexStringLower(hash.GetCurrentHash());
    }

    /// <summary>Unmaps all files. Spans into them must no longer be used.</summary>
    public void Dispose() => shards.ForEach(shard => shard.Dispose());

    private void CheckPresent(string shard)
    {
        if (!File.Exists(Path.Combine(Folder, shard)))
        {
            throw new QLoraException($"{Path.Combine(Folder, CheckpointFiles.Index)}: names the shard {Shown.Quoted(shard)}, which is not "
                + "in the folder. Fetch it too.");
        }
    }

    private void Add(string shard)
    {
        SafetensorsFile file = SafetensorsFile.Open(Path.Combine(Folder, shard));
        shards.Add(file);
        foreach ((string name, TensorInfo tensor) in file.Tensors)
        {
            if (!tensors.TryAdd(name, (file, tensor)))
            {
                throw file.Wrong(name, $"is in {Shown.Quoted(Path.GetFileName(FileOf(name)))} too. Fetch the checkpoint again.");
            }
        }
    }

    private void CheckPlace(string name, string shard)
    {
        string index = Path.Combine(Folder, CheckpointFiles.Index);
        if (!tensors.TryGetValue(name, out var found) || Path.GetFileName(found.File.Path) != shard)
        {
            throw new QLoraException($"{index}: tensor {Shown.Quoted(name)} is said to be in {Shown.Quoted(shard)}, but is not there"
                + (found.File is null ? "" : $"; it is in {Shown.Quoted(Path.GetFileName(found.File.Path))}")
                + ". Fetch the index and its shards again, all of one version.");
        }
    }

    private (SafetensorsFile File, TensorInfo Tensor) Get(string name) => tensors.TryGetValue(name, out var found) || TryGetHeadless(name, out found)
        ? found
        : throw new QLoraException($"{Folder}: the checkpoint has no tensor {Shown.Quoted(name)}. "
            + (Nearest.To(name, tensors.Keys) is { } nearest ? $"The nearest name is {Shown.Quoted(nearest)}. " : "")
            + "Check that config.json and the weights are of the same model.");

    // A checkpoint that was saved from a model without its head (GPT-2's own is one) lacks the name of the part that is left: wte.weight
    // for transformer.wte.weight.
    private bool TryGetHeadless(string name, out (SafetensorsFile File, TensorInfo Tensor) found)
    {
        int dot = name.IndexOf('.') + 1;
        found = default;
        return dot > 0 && tensors.TryGetValue(name[dot..], out found) && !tensors.Keys.Any(key => key.AsSpan().StartsWith(name.AsSpan(0, dot)));
    }

    private (SafetensorsFile File, TensorInfo Tensor) Get(string name, ReadOnlySpan<long> shape)
    {
        var found = Get(name);
        string? why = PackedWeight.WhyNotPlain(this, found.Tensor)
            ?? (found.Tensor.Shape.AsSpan().SequenceEqual(shape) ? null
                : $"expected shape {Shapes.Shown(shape)}, found {Shapes.Shown(found.Tensor.Shape.AsSpan())}. "
                    + "Check that config.json and the weights are of the same model.");
        return why is null ? found : throw found.File.Wrong(name, why);
    }
}
