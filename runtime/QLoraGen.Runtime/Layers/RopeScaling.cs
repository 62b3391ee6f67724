namespace QLoraGen;

/// <summary>
/// A config's <c>rope_scaling</c> or, as newer ones call it, <c>rope_parameters</c>: how frequencies are stretched for contexts
/// longer than those of pretraining.
/// </summary>
public sealed record RopeScaling
{
    /// <summary>The method: <c>default</c>, <c>linear</c>, <c>dynamic</c>, <c>yarn</c>, <c>llama3</c> or <c>longrope</c>; <c>default</c> where it is missing.</summary>
    public string? RopeType { get; init; }

    /// <summary>The method under its older key.</summary>
    public string? Type { get; init; }

    /// <summary>By how much the context is stretched.</summary>
    public double? Factor { get; init; }

    /// <summary>The context of pretraining, in tokens; <c>max_position_embeddings</c> where it is missing.</summary>
    public int? OriginalMaxPositionEmbeddings { get; init; }

    /// <summary>Llama 3: wavelengths above original / this factor are stretched whole.</summary>
    public double? LowFreqFactor { get; init; }

    /// <summary>Llama 3: wavelengths below original / this factor are left alone.</summary>
    public double? HighFreqFactor { get; init; }

    /// <summary>LongRoPE: the divisor of each frequency in contexts no longer than the original.</summary>
    public IReadOnlyList<double>? ShortFactor { get; init; }

    /// <summary>LongRoPE: the divisor of each frequency in longer contexts.</summary>
    public IReadOnlyList<double>? LongFactor { get; init; }

    /// <summary>YaRN and LongRoPE: what rotated queries and keys are multiplied with; computed where it is missing.</summary>
    public double? AttentionFactor { get; init; }

    /// <summary>YaRN: frequencies that turn more often than this within the original context are left alone.</summary>
    public double? BetaFast { get; init; }

    /// <summary>YaRN: frequencies that turn less often than this are stretched whole.</summary>
    public double? BetaSlow { get; init; }

    /// <summary>YaRN: scales the attention factor.</summary>
    public double? Mscale { get; init; }

    /// <summary>YaRN: scales the attention factor's divisor.</summary>
    public double? MscaleAllDim { get; init; }

    /// <summary>YaRN: whether the bounds between the two kinds are whole numbers.</summary>
    public bool? Truncate { get; init; }

    /// <summary>Base of the frequencies, where it stands here.</summary>
    public double? RopeTheta { get; init; }

    /// <summary>The share of a head that is rotated, where it stands here.</summary>
    public double? PartialRotaryFactor { get; init; }

    /// <summary>The parameters of layers with full attention, in configs that tell kinds of layers apart.</summary>
    public RopeScaling? FullAttention { get; init; }

    /// <summary>The parameters of layers with a sliding window, in such configs.</summary>
    public RopeScaling? SlidingAttention { get; init; }

    /// <summary>
    /// The length, in tokens, past which a text is rotated otherwise from its first token on (LongRoPE), so that a cache of its
    /// beginning is of no use any more; null where there is none.
    /// </summary>
    public int? ChangesAfter => Method == "longrope" ? OriginalMaxPositionEmbeddings : null;

    /// <summary>The method's name; the first configs of Phi-3 call LongRoPE <c>su</c>.</summary>
    internal string Method => (RopeType ?? Type) is "su" ? "longrope" : RopeType ?? Type ?? "default";

    /// <summary>Refuses what is not implemented or not complete, since ignoring it would change every result.</summary>
    /// <param name="frequencies">Number of frequencies: half the width that is rotated.</param>
    /// <exception cref="QLoraException">The method is not known, or a number that it needs is missing or not possible.</exception>
    public void Validate(int frequencies)
    {
        string[] needed = Method switch
        {
            "default" => [],
            "linear" or "dynamic" or "yarn" => [nameof(Factor)],
            "llama3" => [nameof(Factor), nameof(LowFreqFactor), nameof(HighFreqFactor), nameof(OriginalMaxPositionEmbeddings)],
            "longrope" => [nameof(ShortFactor), nameof(LongFactor)],
            _ => throw new QLoraException(
                $"rope_scaling: '{Method}' is not supported (default, linear, dynamic, yarn, llama3 and longrope are); a model that needs it would give wrong results."),
        };
        foreach ((string name, string key, object? value, bool isPossible) in (ReadOnlySpan<(string, string, object?, bool)>)[
            (nameof(Factor), "factor", Factor, Factor is null or > 0),
            (nameof(LowFreqFactor), "low_freq_factor", LowFreqFactor, LowFreqFactor is null or > 0),
            (nameof(HighFreqFactor), "high_freq_factor", HighFreqFactor, HighFreqFactor is null || HighFreqFactor > LowFreqFactor),
            (nameof(OriginalMaxPositionEmbeddings), "original_max_position_embeddings", OriginalMaxPositionEmbeddings, OriginalMaxPositionEmbeddings is null or > 1),
            (nameof(ShortFactor), "short_factor", ShortFactor, IsListOf(ShortFactor, frequencies)),
            (nameof(LongFactor), "long_factor", LongFactor, IsListOf(LongFactor, frequencies))])
        {
            if (needed.Contains(name) && value is null)
            {
                throw new QLoraException($"rope_scaling.{key} is missing, and '{Method}' needs it: use the config.json of the model.");
            }
            if (needed.Contains(name) && !isPossible)
            {
                throw new QLoraException($"rope_scaling.{key} is not possible: {Need(key, frequencies)}.");
            }
        }
    }

    private static bool IsListOf(IReadOnlyList<double>? factors, int count) => factors is null || (factors.Count == count && factors.All(static f => f > 0));

    private static string Need(string key, int frequencies) => key switch
    {
        "short_factor" or "long_factor" => $"'longrope' needs {frequencies} numbers above 0, one a frequency",
        "high_freq_factor" => "use a number above low_freq_factor",
        "original_max_position_embeddings" => "use a number above 1",
        _ => "use a number above 0",
    };
}
