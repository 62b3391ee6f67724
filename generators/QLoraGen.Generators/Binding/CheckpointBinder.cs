using QLoraGen.Generators.Models;
using QLoraGen.Json;
using QLoraGen.Rules;

namespace QLoraGen.Generators.Binding;

/// <summary>A [Checkpoint] class and its file: another class's file can change without this one being read again.</summary>
internal sealed record CheckpointFile(CheckpointModel Class, JsonFileModel File);

/// <summary>A [Checkpoint] class whose file was found and read.</summary>
/// <param name="Class">The class.</param>
/// <param name="File">The file's name, without its folder.</param>
/// <param name="Config">The configuration as C#'s object initializer has it, one entry a property.</param>
/// <param name="Model">Its sizes; null where one of them is not known.</param>
internal sealed record BoundCheckpoint(CheckpointModel Class, string File, EquatableArray<string> Config, BoundModel? Model);

/// <summary>Brings a [Checkpoint] class and its file together.</summary>
internal static class CheckpointBinder
{
    /// <returns>Null where the file is missing.</returns>
    public static CheckpointFile? Find(CheckpointModel checkpoint, IReadOnlyList<JsonFileModel> files) =>
        files.FirstOrDefault(file => IsMeant(checkpoint.File, file.Path)) is { } file ? new CheckpointFile(checkpoint, file) : null;

    /// <returns>Null where the file is not what the configuration needs.</returns>
    public static BoundCheckpoint? Bind(CheckpointFile found)
    {
        (CheckpointModel checkpoint, JsonFileModel file) = found;
        return IsNotJson.Check(file.Text, out JsonNode? root) is null && ConfigInitializer.Of(checkpoint.Root.Tree.Config, root!) is { } config
            ? new BoundCheckpoint(
                checkpoint, file.Path.Substring(file.Path.LastIndexOfAny(['/', '\\']) + 1), EquatableArray<string>.From(config), Binder.Bind(checkpoint.Root, root!))
            : null;
    }

    /// <summary>Whether a file is the one that an attribute names by its name or trailing path.</summary>
    public static bool IsMeant(string named, string path)
    {
        string file = path.Replace('\\', '/'), name = named.Replace('\\', '/').TrimStart('.', '/');
        return file == name || file.EndsWith($"/{name}", StringComparison.Ordinal);
    }
}
