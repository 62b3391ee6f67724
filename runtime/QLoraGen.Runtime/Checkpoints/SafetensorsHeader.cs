using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Unicode;

namespace QLoraGen.Checkpoints;

/// <summary>
/// The header of a safetensors file (https://github.com/huggingface/safetensors#format): 8 bytes of little-endian length, a JSON
/// object of that length, then the tensors' bytes without gap, overlap or remainder. Nothing in it is believed unchecked.
/// </summary>
/// <param name="Tensors">In the order of the header.</param>
/// <param name="Metadata">The strings under <c>__metadata__</c>; empty where there are none.</param>
/// <param name="DataStart">The first byte after the header, counted from the start of the file.</param>
internal sealed record SafetensorsHeader(
    OrderedDictionary<string, TensorInfo> Tensors, IReadOnlyDictionary<string, string> Metadata, long DataStart)
{
    /// <summary>The reference implementation's limit on the length of a header, in bytes.</summary>
    public const int MaxLength = 100_000_000;

    /// <summary>Its key for strings that are no tensor.</summary>
    public const string MetadataKey = "__metadata__";

    private const int MaxRank = 32;

    /// <summary>The length of the JSON, from the first 8 bytes of the file.</summary>
    /// <param name="prefix">The first 8 bytes, or all of a shorter file.</param>
    /// <param name="fileLength">The length of the whole file in bytes.</param>
    /// <param name="file">The file's name for messages.</param>
    /// <exception cref="QLoraException">The length cannot be: the file is cut short, or something else.</exception>
    public static int ReadLength(ReadOnlySpan<byte> prefix, long fileLength, string file)
    {
        if (ForeignFormat.Recognise(prefix) is { } reason)
        {
            throw new QLoraException($"{file}: {reason}");
        }
        if (prefix.Length < 8)
        {
            throw new QLoraException(
                $"{file}: is truncated: {fileLength} bytes are too short for a safetensors header. Fetch the file again.");
        }
        return BinaryPrimitives.ReadUInt64LittleEndian(prefix) switch
        {
            < 2 and var length => throw new QLoraException(
                $"{file}: the header's length is {length}, but even an empty header is '{{}}'. This is not a safetensors file."),
            > MaxLength and var length => throw new QLoraException(
                $"{file}: the header's length is {length} bytes, more than the {MaxLength} allowed. This is not a safetensors file."),
            var length when (long)length > fileLength - 8 => throw new QLoraException(
                $"{file}: is truncated: its header has {length} bytes, of which {fileLength - 8} are there. Fetch the file again."),
            var length => (int)length,
        };
    }

    /// <summary>Reads and checks the JSON.</summary>
    /// <param name="json">The header without its length.</param>
    /// <param name="fileLength">The length of the whole file in bytes.</param>
    /// <param name="file">The file's name for messages.</param>
    /// <exception cref="QLoraException">Anything in it contradicts the format, itself or the file's length.</exception>
    public static SafetensorsHeader Parse(ReadOnlySpan<byte> json, long fileLength, string file)
    {
        if (json[0] != '{')
        {
            throw new QLoraException($"{file}: the header does not begin with '{{'. This is not a safetensors file.");
        }
        if (!Utf8.IsValid(json))
        {
            throw new QLoraException($"{file}: the header is not valid UTF-8. The file is damaged: fetch it again.");
        }
        OrderedDictionary<string, TensorInfo> tensors = [];
        Dictionary<string, string>? metadata = null;
        try
        {
            Utf8JsonReader reader = new(json, new JsonReaderOptions { MaxDepth = 8 });
            reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                string name = reader.GetString()!;
                if (name == MetadataKey)
                {
                    metadata = metadata is null ? ReadMetadata(ref reader, file) : throw Twice(file, name);
                }
                else if (!tensors.TryAdd(name, ReadTensor(ref reader, name, file)))
                {
                    throw Twice(file, name);
                }
            }
            reader.Read(); // only white space may follow, or this throws
        }
        // The reader's own complaint about an escaped half of a surrogate pair is an InvalidOperationException.
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new QLoraException($"{file}: the header is not valid JSON: {e.Message} The file is damaged: fetch it again.", e);
        }
        SafetensorsRules.CheckCoverage(tensors.Values, fileLength - 8 - json.Length, file);
        return new(tensors, metadata ?? [], 8 + json.Length);
    }

    private static Dictionary<string, string> ReadMetadata(ref Utf8JsonReader reader, string file)
    {
        Dictionary<string, string> metadata = [];
        Expect(ref reader, JsonTokenType.StartObject, MetadataKey, "an object", file);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string key = reader.GetString()!;
            Expect(ref reader, JsonTokenType.String, $"{MetadataKey}.{key}", "a string", file);
            if (!metadata.TryAdd(key, reader.GetString()!))
            {
                throw Twice(file, $"{MetadataKey}.{key}");
            }
        }
        return metadata;
    }

    private static TensorInfo ReadTensor(ref Utf8JsonReader reader, string name, string file)
    {
        TensorDType? dtype = null;
        ImmutableArray<long>? shape = null, offsets = null;
        Expect(ref reader, JsonTokenType.StartObject, name, "an object", file);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            switch (reader.GetString())
            {
                case "dtype":
                    Expect(ref reader, JsonTokenType.String, $"{name}.dtype", "a string", file);
                    string format = reader.GetString()!;
                    dtype = dtype is not null ? throw Twice(file, $"{name}.dtype") : TensorDTypes.FromFormatName(format)
                        ?? throw SafetensorsRules.Wrong(file, name, "dtype", $"{Shown.Quoted(format)} is not known here");
                    break;
                case "shape":
                    shape = shape is not null ? throw Twice(file, $"{name}.shape") : ReadNumbers(ref reader, name, "shape", file);
                    break;
                case "data_offsets":
                    offsets = offsets is not null
                        ? throw Twice(file, $"{name}.data_offsets") : ReadNumbers(ref reader, name, "data_offsets", file);
                    break;
                default: // the reference implementation passes over what it does not know
                    reader.Skip();
                    break;
            }
        }
        return SafetensorsRules.CheckTensor(
            name,
            dtype ?? throw SafetensorsRules.Wrong(file, name, "dtype", "is missing"),
            shape ?? throw SafetensorsRules.Wrong(file, name, "shape", "is missing"),
            offsets ?? throw SafetensorsRules.Wrong(file, name, "data_offsets", "is missing"),
            file);
    }

    private static ImmutableArray<long> ReadNumbers(ref Utf8JsonReader reader, string name, string field, string file)
    {
        ImmutableArray<long>.Builder numbers = ImmutableArray.CreateBuilder<long>(2);
        Expect(ref reader, JsonTokenType.StartArray, $"{name}.{field}", "an array", file);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out long number) || number < 0)
            {
                throw SafetensorsRules.Wrong(file, name, field, "holds something that is not an integer from 0 to 2^63 - 1");
            }
            if (numbers.Count == MaxRank)
            {
                throw SafetensorsRules.Wrong(file, name, field, $"has more than {MaxRank} entries");
            }
            numbers.Add(number);
        }
        return numbers.DrainToImmutable();
    }

    private static void Expect(ref Utf8JsonReader reader, JsonTokenType token, string field, string what, string file)
    {
        if (!reader.Read() || reader.TokenType != token)
        {
            throw new QLoraException($"{file}: header field {Shown.Quoted(field)} is not {what}. The file is damaged: fetch it again.");
        }
    }

    private static QLoraException Twice(string file, string key) =>
        new($"{file}: the header has {Shown.Quoted(key)} twice. The file is damaged: fetch it again.");
}
