using System.Globalization;
using System.Text.Json;

namespace QLoraGen.Checkpoints;

/// <summary>A checkpoint in several files, as Hugging Face lays it out: <c>model-00001-of-00003.safetensors</c> and the index of which tensor is where.</summary>
internal static class Shards
{
    /// <summary>Cuts a list into runs that have at most so many bytes each; an item that has more is alone in its run.</summary>
    public static List<List<T>> Split<T>(IEnumerable<T> items, Func<T, long> lengthOf, long maxLength)
    {
        List<List<T>> shards = [];
        long room = 0;
        foreach (T item in items)
        {
            long length = lengthOf(item);
            if (shards.Count == 0 || length > room)
            {
                shards.Add([]);
                room = maxLength;
            }
            shards[^1].Add(item);
            room -= length;
        }
        return shards;
    }

    /// <summary>The names of so many files; one alone is <c>model.safetensors</c>.</summary>
    public static string[] Names(int count) => count <= 1 ? [CheckpointFiles.Single] :
    [
        .. Enumerable.Range(1, count).Select(i => string.Create(CultureInfo.InvariantCulture, $"model-{i:D5}-of-{count:D5}.safetensors")),
    ];

    /// <summary>Writes the index.</summary>
    /// <param name="stream">Where to.</param>
    /// <param name="totalSize">The bytes of all tensors.</param>
    /// <param name="places">Each tensor and its file.</param>
    public static void WriteIndex(Stream stream, long totalSize, IEnumerable<(string Tensor, string File)> places)
    {
        using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteStartObject("metadata");
        json.WriteNumber("total_size", totalSize);
        json.WriteEndObject();
        json.WriteStartObject("weight_map");
        foreach ((string tensor, string file) in places.OrderBy(static place => place.Tensor, StringComparer.Ordinal))
        {
            json.WriteString(tensor, file);
        }
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
