using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace QLoraGen.Checkpoints;

/// <summary>A model's folder as Transformers writes one, made from another model's: its config, its weights, and what lies beside them.</summary>
internal static class ModelFolder
{
    /// <summary>Writes the folder, which is there whole or not at all.</summary>
    /// <param name="folder">The folder to make.</param>
    /// <param name="config">Its <c>config.json</c>.</param>
    /// <param name="source">The folder whose tokenizer, chat template, generation settings and terms go with it.</param>
    /// <param name="weights">The files of the weights.</param>
    /// <exception cref="QLoraException">As for <see cref="AtomicFolder.Write"/>.</exception>
    public static void Write(string folder, JsonObject config, string source, IEnumerable<(string Name, Action<Stream> Write)> weights) =>
        AtomicFolder.Write(folder, [("config.json", stream => WriteConfig(config, stream)), .. FilesBeside.Weights(source), .. weights]);

    private static void WriteConfig(JsonObject config, Stream stream)
    {
        // Letters of other scripts stay readable; no browser reads this.
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            config.WriteTo(json);
        }
        stream.WriteByte((byte)'\n');
    }
}
