using QLoraGen.Json;

namespace QLoraGen.Rules;

/// <summary>A config.json bound by [Checkpoint] to a class for another kind of model.</summary>
public static class ModelTypeIsAnother
{
    /// <summary>The rule.</summary>
    public static readonly Rule Rule = new(
        "QLG410", "The config is another model's", RuleSeverity.Error,
        "model_type is {0}, but '{1}' is a model of type '{2}': bind it to the config.json of such a model, or derive it from the class for {0}.");

    /// <summary>Checks a config.json.</summary>
    /// <param name="root">The file.</param>
    /// <param name="type">Name of the class that it is bound to.</param>
    /// <param name="modelType">The model_type of that class.</param>
    public static IEnumerable<PlacedFault> Check(JsonNode root, string type, string modelType) =>
        root["model_type"] is { Value: string found } value && found != modelType
            ? [PlacedFault.On(value, Rule.Broken(Shown.Quoted(found), type, modelType) with { Field = "model_type" })]
            : [];
}
