using System.Text.Json;

namespace QLoraGen.Analyzers.Tests.Running;

/// <summary>One result of a compiler's log (SARIF 2.1).</summary>
public sealed record BuildResult(string Id, string Level, string File, (int Line, int Column) Start, (int Line, int Column) End, string Message)
{
    /// <summary>What the compiler itself says of a class whose generated half is missing.</summary>
    public bool IsCompilerError => Id.StartsWith("CS", StringComparison.Ordinal) && Level == "error";

    /// <summary>As dotnet build prints it.</summary>
    public override string ToString() => $"{File}({Start.Line},{Start.Column}): {(Level == "note" ? "info" : Level)} {Id}: {Message}";

    internal static BuildResult Of(JsonElement result)
    {
        string id = result.GetProperty("ruleId").GetString()!;
        string level = result.TryGetProperty("level", out JsonElement given) ? given.GetString()! : "warning";
        string message = result.GetProperty("message").GetProperty("text").GetString()!;
        if (!result.TryGetProperty("locations", out JsonElement locations) || locations.GetArrayLength() == 0)
        {
            return new BuildResult(id, level, "", default, default, message);
        }
        JsonElement place = locations[0].GetProperty("physicalLocation");
        JsonElement region = place.GetProperty("region");
        return new BuildResult(
            id, level, Path.GetFileName(Uri.UnescapeDataString(place.GetProperty("artifactLocation").GetProperty("uri").GetString()!)),
            (region.GetProperty("startLine").GetInt32(), region.GetProperty("startColumn").GetInt32()),
            (region.GetProperty("endLine").GetInt32(), region.GetProperty("endColumn").GetInt32()), message);
    }
}
