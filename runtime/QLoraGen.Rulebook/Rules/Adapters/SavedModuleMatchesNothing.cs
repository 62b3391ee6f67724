namespace QLoraGen.Rules;

/// <summary>An entry of modules_to_save that no layer has the name of. PEFT passes over it in silence.</summary>
public static class SavedModuleMatchesNothing
{
    // PEFT adds these to the configs of classifiers by itself, whichever of them a model has.
    private static readonly string[] addedByPeft = ["classifier", "score"];

    /// <summary>The rule.</summary>
    public static readonly Rule Rule = new(
        "QLG317", "An entry of modules_to_save matches no layer", RuleSeverity.Error,
        "modules_to_save: {0} matches no layer of the model.{1} Its layers are {2}.");

    /// <summary>Checks each entry on its own.</summary>
    public static IEnumerable<Fault> Check(LoraConfig config, IReadOnlyList<TargetLayer> layers)
    {
        bool oneOfPeft = addedByPeft.All(config.ModulesToSave.Contains) && layers.Any(layer => config.TrainsWhole(layer.Path));
        for (int i = 0; i < config.ModulesToSave.Count; i++)
        {
            string name = config.ModulesToSave[i];
            if (!layers.Any(layer => LayerNames.MatchesModule(name, layer.Path)) && !(oneOfPeft && addedByPeft.Contains(name)))
            {
                string[] known = LastNames.Of(layers);
                string? nearest = Nearest.To(name, known);
                yield return Rule.Broken(Shown.Quoted(name), nearest is null ? "" : $" Did you mean '{nearest}'?", string.Join(", ", known))
                    with { Field = $"modules_to_save[{i}]", Fix = nearest };
            }
        }
    }
}
