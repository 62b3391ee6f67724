using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using QLoraGen.Configs;
using QLoraGen.Json;
using QLoraGen.Rules;
using JsonException = System.Text.Json.JsonException;

namespace QLoraGen.Checkpoints;

/// <summary>
/// A <c>config.json</c> or another file of settings that Python tools write: one JSON object with snake_case keys. At most 16 MB and 64
/// levels deep, no key twice. Keys that nobody asks for are passed over.
/// </summary>
public sealed class ConfigFile
{
    private const long MaxLength = 16_000_000;

    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { DropOverridden } },
    };

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private ConfigFile(string path, string text, JsonElement root, JsonNode places) => (Path, Text, Root, Places) = (path, text, root, places);

    /// <summary>The file's path: as it was given, or <c>config.json</c> in the folder that was.</summary>
    public string Path { get; }

    /// <summary>What it holds, for the rules of such files.</summary>
    internal string Text { get; }

    /// <summary>The whole object, with the places of its values in <see cref="Text"/>.</summary>
    internal JsonNode Places { get; }

    /// <summary>The whole object.</summary>
    public JsonElement Root { get; }

    /// <summary><c>model_type</c>: the architecture's name, for example <c>llama</c>.</summary>
    /// <exception cref="QLoraException">The key is missing or not a string.</exception>
    public string ModelType => Read<string>("model_type");

    /// <summary>The error for a <see cref="ModelType"/> that is none of those known.</summary>
    public QLoraException UnknownModelType(IReadOnlyList<string> known) =>
        new($"{Path}: model_type is {Shown.Quoted(ModelType)}, which is not known here. Known: {string.Join(", ", known)}.");

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file, or a folder with a <c>config.json</c>.</param>
    /// <exception cref="QLoraException">It is missing, cannot be read, is too long or deep, or is not one JSON object.</exception>
    public static ConfigFile Open(string path)
    {
        string file = Directory.Exists(path) ? System.IO.Path.Combine(path, "config.json") : path;
        byte[] json = JsonFile.Read(file, MaxLength);
        string text = Decode(file, json);
        if (IsNotJson.Check(text, out JsonNode? root) is { } fault)
        {
            throw new QLoraException(fault.In(file, text));
        }
        try
        {
            using JsonDocument document = JsonFile.Parse(json);
            return new(file, text, document.RootElement.Clone(), root!);
        }
        catch (JsonException e)
        {
            throw new QLoraException($"{file}: {IsNotJson.Broken("a name has half a surrogate pair")}", e);   // all else was refused above
        }
    }

    // A record may read an inherited property from another key (n_embd for hidden_size): the serializer would ask for both.
    private static void DropOverridden(JsonTypeInfo info)
    {
        foreach (JsonPropertyInfo property in info.Properties.ToArray())
        {
            if (property.AttributeProvider is PropertyInfo declared && info.Type.GetProperty(declared.Name) is { } last
                && last.DeclaringType != declared.DeclaringType)
            {
                info.Properties.Remove(property);
            }
        }
    }

    private static string Decode(string file, byte[] json)
    {
        try
        {
            return Strict.GetString(json);
        }
        catch (DecoderFallbackException e)
        {
            throw new QLoraException($"{file}: {IsNotJson.Broken("it is not UTF-8")}", e);
        }
    }

    /// <summary>The value of a key; null where the file has no such key. JSON's <c>null</c> is a value.</summary>
    public JsonElement? Find(string key) => Root.TryGetProperty(key, out JsonElement value) ? value : null;

    /// <summary>
    /// The whole file as a <typeparamref name="T"/>. HiddenSize is read from <c>hidden_size</c>; <c>required</c> members and constructor
    /// parameters without a default value must be there.
    /// </summary>
    /// <exception cref="QLoraException">A key is missing or has a value of another type; the message names it.</exception>
    public T Read<T>() => Read<T>(Root, "");

    /// <summary>The value of one key as a <typeparamref name="T"/>, with the rules of <see cref="Read{T}()"/>.</summary>
    /// <exception cref="QLoraException">The key, or one inside it, is missing or has a value of another type.</exception>
    public T Read<T>(string key) => Find(key) is { } element
        ? Read<T>(element, key)
        : throw new QLoraException(KeyIsMissing.Of(key, Places).In(Path, Text));

    private T Read<T>(JsonElement element, string at)
    {
        if (FaultOf<T>(at) is { } fault)
        {
            throw new QLoraException(fault.In(Path, Text));
        }
        try
        {
            return element.Deserialize<T>(Options) ?? throw new JsonException("It is null.");
        }
        catch (QLoraException e)
        {
            // A value that the type itself refuses.
            throw new QLoraException(e.Fault is { } refused
                ? PlacedFault.ByField(at.Length == 0 ? Places : Places[at]!, refused).In(Path, Text)
                : $"{Path}: {e.Message}", e);
        }
        catch (JsonException e)
        {
            string key = (e.Path ?? "$").TrimStart('$').TrimStart('.');   // of a type that only its converter knows
            throw new QLoraException($"{Path}: the key {Shown.Quoted(at.Length > 0 ? at : key)} does not have the value it should: {Reason(e)}", e);
        }
    }

    private PlacedFault? FaultOf<T>(string at)
    {
        JsonNode node = at.Length == 0 ? Places : Places[at]!;
        (FieldType type, ConfigSchema? schema) = RecordSchema.Of(typeof(T), Options);
        if (at.Length > 0 && ValueHasWrongType.Check(node, type, at, Text) is { } wrong)
        {
            return wrong;
        }
        return schema is null || node.Kind != JsonKind.Object ? null
            : KeyIsMissing.Check(node, at, schema).Concat(ValueHasWrongType.Check(node, at, schema, Text))
                .Concat(typeof(T).IsSubclassOf(typeof(ModelConfig)) ? SettingIsNotComputed.Check(node, schema, Text) : []).FirstOrDefault();
    }

    // The serializer ends its sentence with a path and position that mean nothing for a part of a file.
    private static string Reason(JsonException e) =>
        e.Message.IndexOf(" Path: ", StringComparison.Ordinal) is >= 0 and var end ? e.Message[..end] : e.Message;
}
