using System.Text.Json;

namespace QLoraGen.Checkpoints;

/// <summary>Which files make up the checkpoint in a folder, under the names Hugging Face gives them.</summary>
/// <param name="Shards">File names in the folder, in ordinal order, each once.</param>
/// <param name="WeightMap">Tensor name to shard, from the index; null where one file holds all.</param>
internal sealed record CheckpointFiles(string[] Shards, IReadOnlyDictionary<string, string>? WeightMap)
{
    /// <summary>The file of an unsharded checkpoint.</summary>
    public const string Single = "model.safetensors";

    /// <summary>The file that lists the shards of a sharded one.</summary>
    public const string Index = "model.safetensors.index.json";

    private const long MaxIndexLength = SafetensorsHeader.MaxLength;

    /// <summary>Finds them; opens nothing but the index.</summary>
    /// <exception cref="QLoraException">None are there, only pickles are, or the index is wrong.</exception>
    public static CheckpointFiles In(string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw new QLoraException(File.Exists(folder)
                ? ForeignFormat.IsPickleName(folder)
                    ? $"{folder}: is by its name a pickle: {ForeignFormat.PickleAdvice}"
                    : $"{folder}: is a file. Give the folder that holds {Single} and config.json."
                : $"{folder}: there is no such folder. Check the path, or download the model there first.");
        }
        return (File.Exists(Path.Combine(folder, Single)), File.Exists(Path.Combine(folder, Index))) switch
        {
            (true, true) => throw new QLoraException(
                $"{folder}: holds both {Single} and {Index}, and they may be different models. Remove the one you do not mean."),
            (true, false) => new([Single], null),
            (false, true) => FromIndex(Path.Combine(folder, Index)),
            _ => throw new QLoraException($"{folder}: {WhyNothing(folder)}"),
        };
    }

    private static string WhyNothing(string folder)
    {
        string[] names = [.. Directory.EnumerateFiles(folder).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)];
        string neither = $"holds neither {Single} nor {Index}";
        return names.FirstOrDefault(n => n.EndsWith(".safetensors", StringComparison.OrdinalIgnoreCase)) is { } other
                ? $"{neither}, though there is {Shown.Quoted(other)}. If that is the model, rename it to {Single}; "
                    + "if it is one of several shards, the index is missing: fetch it too."
            : names.FirstOrDefault(ForeignFormat.IsPickleName) is { } pickle
                ? $"{neither}, only {Shown.Quoted(pickle)}: {ForeignFormat.PickleAdvice}"
            : $"{neither}. Give the folder of a model in the Hugging Face layout.";
    }

    private static CheckpointFiles FromIndex(string path)
    {
        using JsonDocument index = JsonFile.Parse(path, MaxIndexLength);
        if (index.RootElement.ValueKind != JsonValueKind.Object
            || !index.RootElement.TryGetProperty("weight_map", out JsonElement map) || map.ValueKind != JsonValueKind.Object)
        {
            throw new QLoraException($"{path}: has no object 'weight_map' from tensor names to shards. Fetch the index again.");
        }
        Dictionary<string, string> weightMap = [];
        foreach (JsonProperty entry in map.EnumerateObject())
        {
            string? shard = entry.Value.ValueKind == JsonValueKind.String ? entry.Value.GetString() : null;
            if (WhyNotAShard(shard) is { } why)
            {
                throw new QLoraException(
                    $"{path}: weight_map[{Shown.Quoted(entry.Name)}] {why}. Fetch the index again from a source you trust.");
            }
            weightMap.Add(entry.Name, shard!);
        }
        return weightMap.Count > 0
            ? new([.. weightMap.Values.Distinct().Order(StringComparer.Ordinal)], weightMap)
            : throw new QLoraException($"{path}: weight_map is empty. Fetch the index again.");
    }

    // The name alone: a link in the folder may lead elsewhere, as in the Hub's own cache, for who made it had the right to.
    private static string? WhyNotAShard(string? name) => name switch
    {
        null => "is not a string",
        _ when name.AsSpan().ContainsAny("/\\:\0") || Path.IsPathRooted(name) || name.Contains("..") =>
            $"is {Shown.Quoted(name)}, which is not a plain file name: a shard lies in the model's own folder",
        _ when ForeignFormat.IsPickleName(name) => $"is {Shown.Quoted(name)}, by its name a pickle: {ForeignFormat.PickleAdvice}",
        _ when !name.EndsWith(".safetensors", StringComparison.Ordinal) => $"is {Shown.Quoted(name)}, not a .safetensors file",
        _ => null,
    };
}
