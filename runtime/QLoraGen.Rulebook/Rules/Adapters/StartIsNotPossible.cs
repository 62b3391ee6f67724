namespace QLoraGen.Rules;

/// <summary>A way for new adapters to begin that there is not, or not for their rank.</summary>
public static class StartIsNotPossible
{
    /// <summary>The rule.</summary>
    public static readonly Rule Rule = new(
        "QLG316", "New adapters cannot begin so", RuleSeverity.Error, "init_lora_weights is {0}: {1}.");

    /// <summary>Checks the config of new adapters; saved ones have begun already.</summary>
    public static IEnumerable<Fault> Check(LoraConfig config)
    {
        string start = config.InitLoraWeights;
        if (!LoraStart.IsKnown(start))
        {
            yield return Broken(start, "use true, false, gaussian, orthogonal, pissa, pissa_niter_16, olora or loftq");
        }
        else if (start == LoraStart.Orthogonal && config.RankPattern.Select(static entry => entry.Value).Append(config.R).Any(static r => r % 2 != 0))
        {
            yield return Broken(start, "the rows of one orthogonal matrix are shared out between A and B, so use an even r");
        }
    }

    /// <summary>Checks it for a model with these layers, too.</summary>
    public static IEnumerable<Fault> Check(LoraConfig config, IReadOnlyList<TargetLayer> layers) =>
    [
        .. Check(config),
        .. LoraStart.NeedsWeights(config.InitLoraWeights) || config.InitLoraWeights == LoraStart.Orthogonal
            ? layers.Where(layer => layer.IsEmbedding && config.Trains(layer)).Take(1)
                .Select(layer => Broken(config.InitLoraWeights, $"{Shown.Quoted(layer.Path)} is an embedding, whose adapter begins by true, false or gaussian alone"))
            : [],
    ];

    private static Fault Broken(string start, string fix) => Rule.Broken(Shown.Quoted(start), fix) with { Field = "init_lora_weights" };
}
