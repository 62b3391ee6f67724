using System.Buffers;
using System.Buffers.Binary;
using System.Text.Json;

namespace QLoraGen.Checkpoints;

/// <summary>Writes safetensors files (https://github.com/huggingface/safetensors#format). Equal input gives equal bytes.</summary>
public static class SafetensorsWriter
{
    /// <summary>
    /// Writes a file through <see cref="AtomicFile"/>. Tensors and their data follow each other as given, after a header padded with
    /// spaces to a multiple of 8 bytes; put larger element types first where a reader wants them aligned.
    /// </summary>
    /// <param name="path">The file to make or replace; its folder must exist.</param>
    /// <param name="tensors">Names must differ.</param>
    /// <param name="metadata">Strings for <c>__metadata__</c>, written in the ordinal order of their keys; null or empty for none.</param>
    /// <exception cref="QLoraException">The file cannot be written; what was there before is unchanged.</exception>
    /// <exception cref="ArgumentException">Two tensors have one name, or a name is that of the metadata.</exception>
    /// <exception cref="InvalidOperationException">A tensor's callback wrote more or fewer bytes than its shape needs.</exception>
    public static void Write(
        string path, IReadOnlyList<TensorToWrite> tensors, IReadOnlyDictionary<string, string>? metadata = null) =>
        AtomicFile.Write(path, Content(tensors, metadata));

    /// <summary>What <see cref="Write"/> puts into the file, for a stream that begins with it.</summary>
    internal static Action<Stream> Content(IReadOnlyList<TensorToWrite> tensors, IReadOnlyDictionary<string, string>? metadata)
    {
        byte[] header = Header(tensors, metadata);
        return stream =>
        {
            stream.Write(header);
            foreach (TensorToWrite tensor in tensors)
            {
                long begin = stream.Position;
                tensor.Write(stream);
                if (stream.Position - begin != tensor.Length)
                {
                    throw new InvalidOperationException(
                        $"tensor {tensor.Name} is {tensor.Length} bytes long, but {stream.Position - begin} were written");
                }
            }
        };
    }

    /// <summary>The first bytes of a file, up to where the tensors' own begin.</summary>
    /// <param name="tensors">As they stand in the file.</param>
    /// <param name="metadata">Strings for <c>__metadata__</c>.</param>
    /// <param name="atLeast">As long as this at least, a multiple of 8; what is more is spaces.</param>
    internal static byte[] Header(IReadOnlyList<TensorToWrite> tensors, IReadOnlyDictionary<string, string>? metadata, int atLeast = 0)
    {
        ArrayBufferWriter<byte> buffer = new();
        buffer.Write(stackalloc byte[8]);
        HashSet<string> names = [SafetensorsHeader.MetadataKey];
        long offset = 0;
        using (Utf8JsonWriter json = new(buffer))
        {
            json.WriteStartObject();
            if (metadata is { Count: > 0 })
            {
                json.WriteStartObject(SafetensorsHeader.MetadataKey);
                foreach ((string key, string value) in metadata.OrderBy(m => m.Key, StringComparer.Ordinal))
                {
                    json.WriteString(key, value);
                }
                json.WriteEndObject();
            }
            foreach (TensorToWrite tensor in tensors)
            {
                if (!names.Add(tensor.Name))
                {
                    throw new ArgumentException($"the name {Shown.Quoted(tensor.Name)} is taken", nameof(tensors));
                }
                json.WriteStartObject(tensor.Name);
                json.WriteString("dtype", tensor.DType.FormatName());
                WriteNumbers(json, "shape", tensor.Shape.AsSpan());
                WriteNumbers(json, "data_offsets", [offset, offset = checked(offset + tensor.Length)]);
                json.WriteEndObject();
            }
            json.WriteEndObject();
        }
        int padding = Math.Max(-buffer.WrittenCount & 7, atLeast - buffer.WrittenCount);
        buffer.GetSpan(padding + 1)[..padding].Fill((byte)' ');
        buffer.Advance(padding);
        byte[] header = buffer.WrittenSpan.ToArray();
        int length = header.Length - 8;
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, SafetensorsHeader.MaxLength, nameof(tensors));
        BinaryPrimitives.WriteInt64LittleEndian(header, length);
        return header;
    }

    private static void WriteNumbers(Utf8JsonWriter json, string name, ReadOnlySpan<long> numbers)
    {
        json.WriteStartArray(name);
        foreach (long number in numbers)
        {
            json.WriteNumberValue(number);
        }
        json.WriteEndArray();
    }
}
