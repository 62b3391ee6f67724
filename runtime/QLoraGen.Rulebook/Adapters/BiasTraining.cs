namespace QLoraGen;

/// <summary>Which biases train beside the adapters: PEFT's <c>bias</c>.</summary>
public enum BiasTraining
{
    /// <summary>None (<c>none</c>).</summary>
    None,

    /// <summary>Every bias of the model, those of norms included (<c>all</c>).</summary>
    All,

    /// <summary>Those of the layers that get an adapter (<c>lora_only</c>).</summary>
    LoraOnly,
}

/// <summary>The words of <see cref="BiasTraining"/> in adapter_config.json.</summary>
public static class BiasTrainings
{
    /// <summary>All of them, in the order of the values.</summary>
    public static IReadOnlyList<string> Names { get; } = ["none", "all", "lora_only"];

    /// <summary>The value of a word; null where it is none of them.</summary>
    public static BiasTraining? Read(string name) => Names.TakeWhile(known => known != name).Count() is var i && i < Names.Count ? (BiasTraining)i : null;

    /// <summary>The word.</summary>
    public static string FieldValue(this BiasTraining bias) => Names[(int)bias];
}
