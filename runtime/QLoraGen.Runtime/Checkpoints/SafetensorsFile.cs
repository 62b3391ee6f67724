using System.IO.MemoryMappedFiles;

namespace QLoraGen.Checkpoints;

/// <summary>
/// A safetensors file, memory-mapped read-only: its tensors cost no memory until they are touched. Everything its header says is
/// checked when it is opened. Any number of threads may read it; none may while it is disposed of. While it is open, .NET programs
/// cannot open the file for writing; any other that cuts it short takes the mapped bytes away. That is looked for before each tensor is
/// touched; while one is, the system ends who touches bytes that are gone (SIGBUS): replace such files as <see cref="AtomicFile"/> does.
/// </summary>
public sealed unsafe class SafetensorsFile : IDisposable
{
    private const int WidenedAtOnce = 1 << 20;

    private readonly FileStream stream;
    private readonly MemoryMappedFile? map;
    private readonly MemoryMappedViewAccessor? view;
    private readonly SafetensorsHeader header;
    private byte* start;

    private SafetensorsFile(string path)
    {
        Path = path;
        // Kept open for its lock: a writer that honours locks cannot cut the file short under the map.
        stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0);
        try
        {
            FileLength = stream.Length;
            Span<byte> prefix = stackalloc byte[8];
            prefix = prefix[..stream.ReadAtLeast(prefix, 8, throwOnEndOfStream: false)];
            int headerLength = SafetensorsHeader.ReadLength(prefix, FileLength, path);
            map = MemoryMappedFile.CreateFromFile(stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
            view = map.CreateViewAccessor(0, FileLength, MemoryMappedFileAccess.Read);
            view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
            header = SafetensorsHeader.Parse(new(start + 8, headerLength), FileLength, path);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The file's path as it was given.</summary>
    public string Path { get; }

    /// <summary>The length of the whole file in bytes.</summary>
    public long FileLength { get; }

    /// <summary>Its tensors by name, in the order of the header.</summary>
    public IReadOnlyDictionary<string, TensorInfo> Tensors => header.Tensors;

    /// <summary>The strings under <c>__metadata__</c>; empty where there are none.</summary>
    public IReadOnlyDictionary<string, string> Metadata => header.Metadata;

    /// <summary>Maps a file and checks its whole header (format: https://github.com/huggingface/safetensors#format).</summary>
    /// <exception cref="QLoraException">
    /// The file is missing, cannot be read, is truncated, is another format, or its header contradicts the format or itself.
    /// </exception>
    public static SafetensorsFile Open(string path)
    {
        try
        {
            return new(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new QLoraException($"{path}: there is no such file. Check the path.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            throw new QLoraException($"{path}: cannot be read: {e.Message} Check that it is a file and that you may read it.", e);
        }
    }

    /// <summary>The bytes of a tensor, as they are in the file; valid until this is disposed of.</summary>
    /// <exception cref="QLoraException">The tensor has 2 GiB or more, which a span cannot hold; <see cref="Pointer"/> can.</exception>
    /// <exception cref="ArgumentException">The tensor is not one of this file.</exception>
    public ReadOnlySpan<byte> Bytes(TensorInfo tensor) =>
        tensor.Length <= Array.MaxLength ? new(Pointer(tensor), (int)tensor.Length) : throw new QLoraException(
            $"{Path}: tensor {Shown.Quoted(tensor.Name)} has {tensor.Length} bytes, of which {Array.MaxLength} can be had in one piece. "
            + "Use a checkpoint with smaller tensors.");

    /// <summary>
    /// The first byte of a tensor; <see cref="TensorInfo.Length"/> bytes may be read from it until this is disposed of. It need not
    /// be aligned to the element's size.
    /// </summary>
    /// <exception cref="ArgumentException">The tensor is not one of this file.</exception>
    public byte* Pointer(TensorInfo tensor)
    {
        RequireWhole();
        return header.Tensors.TryGetValue(tensor.Name, out TensorInfo? own) && own == tensor
            ? start + header.DataStart + tensor.Offset
            : throw new ArgumentException($"tensor {Shown.Quoted(tensor.Name)} is not one of {Path}", nameof(tensor));
    }

    /// <summary>The whole file from <paramref name="offset"/> on, at most <paramref name="length"/> bytes; for hashing.</summary>
    internal ReadOnlySpan<byte> Whole(long offset, int length)
    {
        RequireWhole();
        ArgumentOutOfRangeException.ThrowIfGreaterThan((ulong)offset, (ulong)FileLength);
        return new(start + offset, (int)Math.Min(length, FileLength - offset));
    }

    /// <summary>Reads an F32, F16 or BF16 tensor as fp32, which loses nothing.</summary>
    /// <param name="tensor">One of <see cref="Tensors"/>.</param>
    /// <param name="destination">Row-major, exactly as many elements as the tensor; on error its content is not defined.</param>
    /// <exception cref="QLoraException">It has another type, or holds an infinity or NaN.</exception>
    public void Read(TensorInfo tensor, Span<float> destination)
    {
        if (tensor.Count != destination.Length)
        {
            throw new ArgumentException($"{destination.Length} elements to read the {tensor.Count} of {tensor.Name} into", nameof(destination));
        }
        // By pieces: the bytes of a tensor can outnumber what a span holds, and a piece is still in the cache when it is checked.
        for (int done = 0; done < destination.Length; done += WidenedAtOnce)
        {
            Widen(tensor, done, destination.Slice(done, Math.Min(WidenedAtOnce, destination.Length - done)));
        }
    }

    /// <summary>Makes sure that an F32, F16 or BF16 tensor holds finite values alone.</summary>
    /// <param name="tensor">One of <see cref="Tensors"/>.</param>
    /// <exception cref="QLoraException">It has another type, or holds an infinity or NaN.</exception>
    public void CheckFinite(TensorInfo tensor)
    {
        float[] piece = new float[Math.Min(WidenedAtOnce, tensor.Count)];
        for (long done = 0; done < tensor.Count; done += WidenedAtOnce)
        {
            Widen(tensor, done, piece.AsSpan(0, (int)Math.Min(WidenedAtOnce, tensor.Count - done)));
        }
    }

    /// <summary>The error for something wrong with a tensor of this file.</summary>
    internal QLoraException Wrong(string tensor, string what) => new($"{Path}: tensor {Shown.Quoted(tensor)}: {what}");

    // Another program can cut the file short; touching mapped bytes that are gone ends the process, so it is asked before each tensor.
    private void RequireWhole()
    {
        ObjectDisposedException.ThrowIf(start is null, this);
        if (RandomAccess.GetLength(stream.SafeFileHandle) is var left && left < FileLength)
        {
            throw new QLoraException($"{Path}: had {FileLength} bytes when it was opened and has {left} now: another program cut it short. "
                + "Fetch the file again, and leave it alone while it is read.");
        }
    }

    private void Widen(TensorInfo tensor, long first, Span<float> to)
    {
        int size = tensor.DType.SizeInBytes();
        ReadOnlySpan<byte> from = new(Pointer(tensor) + first * size, to.Length * size);
        int bad = tensor.DType switch
        {
            TensorDType.F32 => Widening.FromF32(from, to),
            TensorDType.BF16 => Widening.FromBF16(from, to),
            TensorDType.F16 => Widening.FromF16(from, to),
            _ => throw Wrong(tensor.Name, $"is {tensor.DType.FormatName()} where F32, F16 or BF16 is needed. "
                + "Use a checkpoint with unquantized floating-point weights."),
        };
        if (bad >= 0)
        {
            throw Wrong(tensor.Name, $"holds {to[bad]} at flat index {first + bad}. Weights must be finite: "
                + "the training run diverged or the file is damaged; use another checkpoint.");
        }
    }

    /// <summary>Unmaps the file. Spans and pointers into it must no longer be used.</summary>
    public void Dispose()
    {
        if (start is not null)
        {
            start = null;
            view!.SafeMemoryMappedViewHandle.ReleasePointer();
        }
        view?.Dispose();
        map?.Dispose();
        stream.Dispose();
    }
}
