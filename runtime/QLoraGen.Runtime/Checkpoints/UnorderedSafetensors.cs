namespace QLoraGen.Checkpoints;

/// <summary>
/// Writes one safetensors file whose tensors come in another order than they stand in it, and some of which have no length before
/// they come. Wide elements stand first, so that each tensor is aligned to its own, as readers in Python want them; the late ones,
/// which are U8, stand last; the header has room for the longest that they can be, and is written at the end.
/// </summary>
internal sealed class UnorderedSafetensors
{
    private const int WrittenAtOnce = 1 << 24;
    private static readonly Dictionary<string, string> Metadata = new() { ["format"] = "pt" };

    private readonly Stream stream;
    private readonly TensorToWrite[] known;
    private readonly OrderedDictionary<string, byte[]?> late;
    private readonly Dictionary<string, (TensorToWrite Tensor, long Offset)> awaited = [];
    private readonly int headerLength;
    private readonly long end;

    /// <summary>An empty file.</summary>
    /// <param name="stream">At its start, and able to seek.</param>
    /// <param name="tensors">Those of known lengths; what writes them is not asked.</param>
    /// <param name="lateNames">The names of the others.</param>
    /// <param name="longest">The most bytes that one of those has.</param>
    public UnorderedSafetensors(Stream stream, IEnumerable<TensorToWrite> tensors, IEnumerable<string> lateNames, int longest)
    {
        this.stream = stream;
        known = [.. tensors.OrderByDescending(static t => t.DType.SizeInBytes()).ThenBy(static t => t.DType).ThenBy(static t => t.Name, StringComparer.Ordinal)];
        late = new(lateNames.Order(StringComparer.Ordinal).Select(static name => KeyValuePair.Create(name, (byte[]?)null)));
        headerLength = SafetensorsWriter.Header([.. known, .. late.Keys.Select(name => Late(name, longest))], Metadata).Length;
        foreach (TensorToWrite tensor in known)
        {
            awaited.Add(tensor.Name, (tensor, end));
            end += tensor.Length;
        }
    }

    /// <summary>Writes a tensor of known length to its place.</summary>
    public unsafe void Write(string name, void* bytes, long length)
    {
        if (!awaited.TryGetValue(name, out var place) || place.Tensor.Length != length)
        {
            throw new InvalidOperationException($"{length} bytes are not what is awaited for tensor {name}");
        }
        awaited.Remove(name);
        stream.Position = headerLength + place.Offset;
        for (long done = 0; done < length; done += WrittenAtOnce)
        {
            stream.Write(new ReadOnlySpan<byte>((byte*)bytes + done, (int)Math.Min(WrittenAtOnce, length - done)));
        }
    }

    /// <summary>Takes a late tensor.</summary>
    public void WriteLate(string name, byte[] bytes) => late[name] = bytes;

    /// <summary>Writes the late tensors and the header.</summary>
    /// <returns>The bytes of all tensors.</returns>
    public long Finish()
    {
        if (awaited.Count > 0 || late.Values.Contains(null))
        {
            throw new InvalidOperationException("a tensor is missing");
        }
        stream.Position = headerLength + end;
        foreach (byte[]? bytes in late.Values)
        {
            stream.Write(bytes);
        }
        long length = stream.Position - headerLength;
        byte[] header = SafetensorsWriter.Header([.. known, .. late.Select(static t => Late(t.Key, t.Value!.Length))], Metadata, headerLength);
        stream.Position = 0;
        stream.Write(header);
        return length;
    }

    private static TensorToWrite Late(string name, int length) => new(name, TensorDType.U8, [length], static _ => { });
}
