using System.Text.Json;
using QLoraGen.Checkpoints;

namespace QLoraGen.Tokenization;

/// <summary>A value in a JSON file that knows where it stands, so that every complaint about it names the file and the field.</summary>
internal readonly struct JsonField(string file, string path, JsonElement? value)
{
    private const long MaxLength = 512_000_000;

    /// <summary>Reads a whole JSON file.</summary>
    public static JsonField Read(string file)
    {
        try
        {
            ReadOnlyMemory<byte> bytes = JsonFile.Read(file, MaxLength);
            bool bom = bytes.Span.StartsWith("\uFEFF"u8);
            using JsonDocument document = JsonDocument.Parse(bom ? bytes[3..] : bytes);
            return new(file, "", document.RootElement.Clone());
        }
        catch (JsonException error)
        {
            throw new QLoraException($"{file}: not JSON: {error.Message} Download the file again.", error);
        }
    }

    public string File => file;

    /// <summary>The file and the field.</summary>
    public string Where => $"{file}: {path}";

    /// <summary>The value itself, where it is needed raw.</summary>
    public JsonElement Value => value ?? throw Error("is missing");

    /// <summary>Neither missing nor null.</summary>
    public bool Exists => value is { ValueKind: not JsonValueKind.Null };

    public bool IsString => value?.ValueKind == JsonValueKind.String;

    public bool IsObject => value?.ValueKind == JsonValueKind.Object;

    public bool IsArray => value?.ValueKind == JsonValueKind.Array;

    /// <summary>A field of an object; missing where this is not an object.</summary>
    public JsonField this[string name] =>
        new(file, path.Length == 0 ? name : $"{path}.{name}", IsObject && Value.TryGetProperty(name, out JsonElement found) ? found : null);

    /// <summary>The items of an array, or none where it is missing.</summary>
    public IEnumerable<JsonField> Items()
    {
        if (!Exists)
        {
            return [];
        }
        if (!IsArray)
        {
            throw Error("must be an array");
        }
        (string owner, string name) = (file, path);
        return Value.EnumerateArray().Select((item, i) => new JsonField(owner, $"{name}[{i}]", item));
    }

    /// <summary>The fields of an object, or none where it is missing.</summary>
    public IEnumerable<(string Name, JsonField Field)> Fields()
    {
        if (!Exists)
        {
            return [];
        }
        if (!IsObject)
        {
            throw Error("must be an object");
        }
        (string owner, string name) = (file, path);
        return Value.EnumerateObject().Select(field => (field.Name, new JsonField(owner, $"{name}.{field.Name}", field.Value)));
    }

    public string AsString()
    {
        try
        {
            return IsString ? Value.GetString()! : throw Error("must be a string");
        }
        catch (InvalidOperationException error)
        {
            throw new QLoraException($"{file}: {path}: half of a surrogate pair stands alone; write the character whole.", error);
        }
    }

    /// <summary>A boolean, or the default where it is missing.</summary>
    public bool AsBool(bool missing) => !Exists ? missing : Value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Error("must be true or false"),
    };

    /// <summary>A token id: a whole number from 0.</summary>
    public int AsId() =>
        value is { ValueKind: JsonValueKind.Number } number && number.TryGetInt32(out int id) && id is >= 0 and < int.MaxValue
            ? id
            : throw Error("must be a token id, a whole number from 0");

    /// <summary>An error about this field.</summary>
    public QLoraException Error(string what) => new($"{file}: {path}: {what}.");
}
