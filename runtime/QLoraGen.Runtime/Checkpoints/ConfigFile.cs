using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

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
        TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
    };

    private ConfigFile(string path, JsonElement root) => (Path, Root) = (path, root);

    /// <summary>The file's path: as it was given, or <c>config.json</c> in the folder that was.</summary>
    public string Path { get; }

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
        using JsonDocument document = JsonFile.Parse(file, MaxLength);
        return document.RootElement.ValueKind == JsonValueKind.Object
            ? new(file, document.RootElement.Clone())
            : throw new QLoraException($"{file}: is a JSON {Kind(document.RootElement)}, where an object with settings is needed.");
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
    public T Read<T>(string key) => Read<T>(
        Find(key) ?? throw new QLoraException($"{Path}: the key '{key}' is missing. Add it, or use the config.json of the model."), key);

    private T Read<T>(JsonElement element, string at)
    {
        if (element.ValueKind == JsonValueKind.Object)
        {
            JsonPropertyInfo? missing = Options.GetTypeInfo(typeof(T)).Properties
                .FirstOrDefault(p => p.IsRequired && !element.TryGetProperty(p.Name, out _));
            if (missing is not null)
            {
                throw new QLoraException(
                    $"{Path}: the key '{Join(at, missing.Name)}' is missing. Add it, or use the config.json of the model.");
            }
        }
        try
        {
            return element.Deserialize<T>(Options) ?? throw new JsonException("It is null.");
        }
        catch (QLoraException e)
        {
            throw new QLoraException($"{Path}: {e.Message}", e);   // a value that the type itself refuses
        }
        catch (JsonException e)
        {
            string key = Join(at, (e.Path ?? "$").TrimStart('$').TrimStart('.'));
            string value = At(element, e.Path) is { } wrong ? $" (the file has {Shown.Quoted(wrong.GetRawText())})" : "";
            throw new QLoraException($"{Path}: the key {Shown.Quoted(key)} does not have the value it should{value}: {Reason(e)}", e);
        }
    }

    // What stands at a path of plain keys, which is all a config has but for lists.
    private static JsonElement? At(JsonElement element, string? path)
    {
        foreach (string key in (path ?? "$").Split('.').Skip(1))
        {
            if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(key, out element))
            {
                return null;
            }
        }
        return element;
    }

    // The serializer ends its sentence with a path and position that mean nothing for a part of a file.
    private static string Reason(JsonException e) =>
        e.Message.IndexOf(" Path: ", StringComparison.Ordinal) is >= 0 and var end ? e.Message[..end] : e.Message;

    private static string Join(string at, string key) => (at, key) switch
    {
        ("", _) => key,
        (_, "") => at,
        _ => $"{at}.{key}",
    };

    private static string Kind(JsonElement element) => element.ValueKind.ToString().ToLowerInvariant();
}
