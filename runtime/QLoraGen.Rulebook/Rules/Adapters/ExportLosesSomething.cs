namespace QLoraGen.Rules;

/// <summary>Something that the format cannot hold in which the adapter will be used.</summary>
public static class ExportLosesSomething
{
    /// <summary>The rule.</summary>
    public static readonly Rule Rule = new(
        "QLG313", "The export would lose something", RuleSeverity.Warning,
        "{0} is lost in {1}, which knows one alpha and the ranks of A and B alone: {2}.");

    /// <summary>Checks what llama.cpp's adapters do not have, or its own converter passes over.</summary>
    public static IEnumerable<Fault> Check(LoraConfig config, AdapterFormat export)
    {
        if (export != AdapterFormat.Gguf)
        {
            yield break;
        }
        if (config.UseRslora)
        {
            yield return Rule.Broken("use_rslora", "a GGUF adapter", "without rsLoRA an alpha of alpha * sqrt(r) gives the same scale, where all ranks are one")
                with { Field = "use_rslora" };
        }
        if (config.AlphaPattern.Count > 0)
        {
            yield return Rule.Broken("alpha_pattern", "a GGUF adapter", "use one alpha for all layers") with { Field = "alpha_pattern" };
        }
        foreach (Fault fault in HasNoPlace(config))
        {
            yield return fault;
        }
    }

    /// <summary>Checks what a GGUF adapter has no place for, whoever writes it.</summary>
    public static IEnumerable<Fault> HasNoPlace(LoraConfig config)
    {
        (string Field, bool IsSet, string Fix)[] others =
        [
            ("use_dora", config.UseDora, "train without DoRA, or merge the adapter into the weights"),
            ("lora_bias", config.LoraBias, "train without it"),
            ("bias", config.Bias != BiasTraining.None, "train no biases, or merge the adapter into the weights"),
            ("modules_to_save", config.ModulesToSave.Count > 0, "train no layers whole, or merge the adapter into the weights"),
        ];
        foreach ((string field, _, string fix) in others.Where(static other => other.IsSet))
        {
            yield return Rule.Broken(field, "a GGUF adapter", fix) with { Field = field };
        }
    }
}
