namespace QLoraGen.Rules;

/// <summary>A target that no layer has the name of. PEFT passes over it in silence as long as another one matches (huggingface/peft#3554).</summary>
public static class TargetMatchesNothing
{
    /// <summary>The rule.</summary>
    public static readonly Rule Rule = new(
        "QLG305", "A target matches no layer", RuleSeverity.Error,
        "target_modules: {0} matches no linear layer of the model.{1} Its linear layers are {2}.");

    /// <summary>Checks each entry on its own.</summary>
    public static IEnumerable<Fault> Check(LoraConfig config, IReadOnlyList<TargetLayer> layers)
    {
        for (int i = 0; i < config.TargetModules.Count; i++)
        {
            string name = config.TargetModules[i];
            if (!layers.Any(layer => LayerNames.Matches(name, layer.Path)))
            {
                yield return Broken(name, $"target_modules[{i}]", layers);
            }
        }
        if (config.TargetPattern is { } pattern && LayerNames.IsPattern(pattern)
            && !layers.Any(layer => layer.CanAdapt && LayerNames.MatchesWhole(pattern, layer.Path)))
        {
            yield return Broken(pattern, "target_modules", layers) with { Fix = null };
        }
    }

    private static Fault Broken(string name, string field, IReadOnlyList<TargetLayer> layers)
    {
        string[] known = LastNames.Of(layers.Where(static layer => layer.IsLinear));
        string? nearest = Nearest.To(name, known);
        return Rule.Broken(Shown.Quoted(name), nearest is null ? "" : $" Did you mean '{nearest}'?", string.Join(", ", known))
            with { Field = field, Fix = nearest };
    }
}
