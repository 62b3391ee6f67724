using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace QLoraGen.Data;

/// <summary>The files that datasets are in: rows of JSON, as an array or one value a line, or one text.</summary>
internal static class DatasetFile
{
    /// <summary>Whether a file is one text, going by its name.</summary>
    /// <exception cref="QLoraException">It is neither that nor rows.</exception>
    public static bool IsText(string path)
    {
        string extension = Extension(path);
        return extension is ".json" or ".jsonl" or ".ndjson" or ".txt" ? extension == ".txt"
            : throw new QLoraException($"{path}: a dataset is a .json, .jsonl or .txt file; rename or convert it.");
    }

    /// <summary>All of a text.</summary>
    public static string ReadText(string path) => Encoding.UTF8.GetString(ReadUtf8(path).Span);

    /// <summary>The rows one after the other; each may be used until the next one is asked for.</summary>
    /// <exception cref="QLoraException">The file cannot be read, is not UTF-8 or not JSON; the message names the line.</exception>
    public static IEnumerable<DatasetRow> ReadRows(string path)
    {
        ReadOnlyMemory<byte> utf8 = ReadUtf8(path);
        bool lines = Extension(path) != ".json" || !utf8.Span.TrimStart(" \t\r\n"u8).StartsWith("["u8);
        return lines ? Lines(path, utf8) : Items(path, utf8);
    }

    /// <summary>An error about a file that has no row.</summary>
    public static QLoraException Empty(string path) => new($"{path}: the dataset is empty; add at least one row.");

    private static string Extension(string path) => Path.GetExtension(path).ToLowerInvariant();

    private static IEnumerable<DatasetRow> Items(string path, ReadOnlyMemory<byte> utf8)
    {
        using JsonDocument document = Parse(path, utf8, firstLine: 1);
        int row = 0;
        foreach (JsonElement item in document.RootElement.EnumerateArray())
        {
            yield return new($"{path}: row {++row}", item);
        }
    }

    private static IEnumerable<DatasetRow> Lines(string path, ReadOnlyMemory<byte> utf8)
    {
        for (int line = 1; !utf8.IsEmpty; line++)
        {
            int end = utf8.Span.IndexOf((byte)'\n');
            ReadOnlyMemory<byte> json = end < 0 ? utf8 : utf8[..end];
            utf8 = end < 0 ? default : utf8[(end + 1)..];
            if (json.Span.ContainsAnyExcept(" \t\r"u8))
            {
                using JsonDocument document = Parse(path, json, line);
                yield return new($"{path}: line {line}", document.RootElement);
            }
        }
    }

    private static JsonDocument Parse(string path, ReadOnlyMemory<byte> utf8, int firstLine)
    {
        try
        {
            return JsonDocument.Parse(utf8);
        }
        catch (JsonException error)
        {
            string where = $"line {firstLine + error.LineNumber.GetValueOrDefault()}, byte {error.BytePositionInLine + 1}";
            throw new QLoraException($"{path}: {where}: not valid JSON. Correct it there; a .jsonl file has one whole value on each line, "
                + "a .json file one array of rows.", error);
        }
    }

    private static ReadOnlyMemory<byte> ReadUtf8(string path)
    {
        if (Directory.Exists(path))
        {
            throw new QLoraException($"{path}: is a folder; name one file in it.");
        }
        if (!File.Exists(path))
        {
            throw new QLoraException($"{path}: there is no such file; correct the path of the dataset.");
        }
        if (new FileInfo(path).Length > Array.MaxLength)
        {
            throw new QLoraException($"{path}: larger than {Array.MaxLength} bytes; split it into smaller files.");
        }
        ReadOnlyMemory<byte> bytes = ReadAll(path);
        ReadOnlyMemory<byte> utf8 = bytes.Span.StartsWith("\uFEFF"u8) ? bytes[3..] : bytes;
        if (!Utf8.IsValid(utf8.Span))
        {
            int line = 1 + utf8.Span[..FirstInvalid(utf8.Span)].Count((byte)'\n');
            throw new QLoraException($"{path}: line {line}: not valid UTF-8; save the file as UTF-8.");
        }
        return utf8;
    }

    private static byte[] ReadAll(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new QLoraException($"{path}: cannot be read: {e.Message} Check that it is a file and that you may read it.", e);
        }
    }

    private static int FirstInvalid(ReadOnlySpan<byte> utf8)
    {
        int at = 0;
        while (Rune.DecodeFromUtf8(utf8[at..], out _, out int length) == System.Buffers.OperationStatus.Done)
        {
            at += length;
        }
        return at;
    }
}
