using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;
using QLoraGen.Json;
using QLoraGen.Rules;

namespace QLoraGen.Analyzers.Configs;

/// <summary>
/// An AdditionalFile that is a model's <c>config.json</c> or an adapter's <c>adapter_config.json</c>, by its name; what [Checkpoint] names
/// is a model's whatever its name.
/// </summary>
internal static class SettingsFile
{
    private const string Config = "config.json";
    private const string Adapter = "adapter_config.json";

    /// <summary><c>adapter_config.json</c> or <c>x.adapter_config.json</c>.</summary>
    public static bool IsAdapter(string path) => StemOf(path, Adapter) is not null;

    /// <summary>Whether it can be either.</summary>
    public static bool IsJson(string path) => path.EndsWith(".json", StringComparison.OrdinalIgnoreCase);

    /// <summary><c>config.json</c> or <c>x.config.json</c>.</summary>
    public static bool IsConfig(string path) => StemOf(path, Config) is not null;

    /// <summary>Whether a config and an adapter's file lie side by side: <c>llama-8b.config.json</c> and <c>llama-8b.adapter_config.json</c>.</summary>
    public static bool AreOneModels(string config, string adapter) => StemOf(config, Config) is { } stem && stem == StemOf(adapter, Adapter);

    /// <summary>What a file holds; null where it is not a JSON object, which is another rule's fault.</summary>
    public static JsonNode? Read(AdditionalText file, CancellationToken cancellation)
    {
        _ = IsNotJson.Check(file.GetText(cancellation)?.ToString() ?? "", out JsonNode? root);
        return root;
    }

    /// <summary>The place of a fault.</summary>
    public static Location PlaceOf(PlacedFault fault, string path, SourceText text)
    {
        var span = new TextSpan(fault.Start, fault.Length);
        return Location.Create(path, span, text.Lines.GetLinePositionSpan(span));
    }

    // What stands before the ending: a folder, or a folder and a name with a dot.
    private static string? StemOf(string path, string ending)
    {
        string file = path.Replace('\\', '/');
        string stem = file.EndsWith(ending, StringComparison.OrdinalIgnoreCase) ? file.Substring(0, file.Length - ending.Length) : "?";
        return stem.Length == 0 || stem[stem.Length - 1] is '/' or '.' ? stem : null;
    }
}
