namespace QLoraGen.Rules;

/// <summary>Layers as messages list them: by the last part of their paths, each once.</summary>
internal static class LastNames
{
    public static string[] Of(IEnumerable<TargetLayer> layers) =>
        [.. layers.Select(static layer => layer.Path.Substring(layer.Path.LastIndexOf('.') + 1)).Distinct()];
}
