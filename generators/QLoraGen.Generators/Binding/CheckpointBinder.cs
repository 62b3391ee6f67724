using QLoraGen.Generators.Models;
using QLoraGen.Json;

namespace QLoraGen.Generators.Binding;

/// <summary>A [Checkpoint] class whose file was found and read.</summary>
/// <param name="Class">The class.</param>
/// <param name="File">The file's name, without its folder.</param>
/// <param name="Config">The configuration as C#'s object initializer has it, one entry a property.</param>
/// <param name="Model">Its sizes; null where one of them is not known.</param>
internal sealed record BoundCheckpoint(CheckpointModel Class, string File, EquatableArray<string> Config, BoundModel? Model);

/// <summary>Brings a [Checkpoint] class and its file together.</summary>
internal static class CheckpointBinder
{
    /// <returns>Null where the file is missing or is not what the configuration needs.</returns>
    public static BoundCheckpoint? Bind(CheckpointModel checkpoint, IReadOnlyList<JsonFileModel> files)
    {
        if (files.FirstOrDefault(file => IsMeant(checkpoint.File, file.Path)) is not { } file || Parse(file.Text) is not { } root
            || ConfigInitializer.Of(checkpoint.Root.Tree.Config, root) is not { } config)
        {
            return null;
        }
        return new BoundCheckpoint(
            checkpoint, file.Path.Substring(file.Path.LastIndexOfAny(['/', '\\']) + 1), EquatableArray<string>.From(config), Binder.Bind(checkpoint.Root, root));
    }

    /// <summary>Whether a file is the one that an attribute names by its name or trailing path.</summary>
    public static bool IsMeant(string named, string path)
    {
        string file = path.Replace('\\', '/'), name = named.Replace('\\', '/').TrimStart('.', '/');
        return file == name || file.EndsWith($"/{name}", StringComparison.Ordinal);
    }

    private static JsonNode? Parse(string text)
    {
        try
        {
            return JsonReader.Parse(text) is { Kind: JsonKind.Object } root ? root : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
