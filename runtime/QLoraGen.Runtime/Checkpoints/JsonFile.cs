using System.Text.Json;
using System.Text.Unicode;

namespace QLoraGen.Checkpoints;

/// <summary>A JSON file from outside, within limits of length and depth and without duplicate keys.</summary>
internal static class JsonFile
{
    private static readonly JsonDocumentOptions Limits = new() { MaxDepth = 64, AllowDuplicateProperties = false };

    /// <summary>Parses a file.</summary>
    /// <param name="path">The file; its name is in every message.</param>
    /// <param name="maxLength">The most bytes it may have.</param>
    /// <exception cref="QLoraException">It is missing, cannot be read, is too long, or is not JSON.</exception>
    public static JsonDocument Parse(string path, long maxLength)
    {
        try
        {
            return Parse(Read(path, maxLength));
        }
        catch (JsonException e)
        {
            throw new QLoraException($"{path}: is not valid JSON: {e.Message} Mend it there, or fetch the file again.", e);
        }
    }

    /// <summary>Parses what a file holds.</summary>
    /// <exception cref="JsonException">It is not JSON, is too deep, has a key twice, or a text that is none.</exception>
    public static JsonDocument Parse(byte[] json)
    {
        // Asked first: the parser looks at the characters of a text only when somebody reads it, and then throws something else.
        if (!Utf8.IsValid(json))
        {
            throw new JsonException("It is not UTF-8.");
        }
        try
        {
            RequireWholeCharacters(json);
            return JsonDocument.Parse(json, Limits);
        }
        catch (InvalidOperationException e)
        {
            throw new JsonException("A text has half a surrogate pair.", e);
        }
    }

    private static void RequireWholeCharacters(byte[] json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = Limits.MaxDepth });
        while (reader.Read())
        {
            if (reader.ValueIsEscaped)
            {
                reader.GetString();
            }
        }
    }

    /// <summary>Reads a file.</summary>
    /// <exception cref="QLoraException">It is missing, cannot be read, or is too long.</exception>
    public static byte[] Read(string path, long maxLength)
    {
        try
        {
            using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            if (stream.Length > maxLength)
            {
                throw new QLoraException(
                    $"{path}: has {stream.Length} bytes; at most {maxLength} are read. This is not the file it should be.");
            }
            // As many bytes as it says it has: a link to a device would never end.
            byte[] json = new byte[stream.Length];
            stream.ReadExactly(json);
            return json;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new QLoraException($"{path}: there is no such file. Check the path.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new QLoraException($"{path}: cannot be read: {e.Message} Check that it is a file and that you may read it.", e);
        }
    }
}
