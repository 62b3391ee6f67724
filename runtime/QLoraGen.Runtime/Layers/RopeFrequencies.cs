namespace QLoraGen;

/// <summary>
/// The frequencies of a rotary embedding, as Transformers computes them from a config (its <c>modeling_rope_utils</c>): plain, or
/// stretched by one of the published methods.
/// </summary>
/// <param name="width">Width that is rotated; even.</param>
/// <param name="theta">Base of the frequencies.</param>
/// <param name="scaling">The method and its numbers.</param>
/// <param name="maxPositions">The config's <c>max_position_embeddings</c>.</param>
internal sealed class RopeFrequencies(int width, double theta, RopeScaling scaling, int maxPositions)
{
    private readonly double original = scaling.OriginalMaxPositionEmbeddings ?? maxPositions;

    private double Factor => scaling.Factor ?? (maxPositions / original);

    /// <summary>What tells the frequencies of a context of some length from those of others: equal keys, equal frequencies.</summary>
    public double KeyOf(long length) => scaling.Method switch
    {
        "dynamic" => Math.Max(length, maxPositions),
        "longrope" => length > original ? 1 : 0,
        _ => 0,
    };

    /// <summary>The frequencies of a context of some length, in radians a position.</summary>
    public double[] Of(long length) => scaling.Method switch
    {
        "linear" => [.. Plain(theta).Select(f => f / Factor)],
        "dynamic" => [.. Plain(Dynamic(length))],
        "yarn" => Yarn(),
        "llama3" => [.. Plain(theta).Select(Llama3)],
        "longrope" => [.. Plain(theta).Zip((length > original ? scaling.LongFactor : scaling.ShortFactor)!, static (f, by) => f / by)],
        _ => [.. Plain(theta)],
    };

    /// <summary>What cosines and sines are multiplied with, so that scores keep their spread over longer contexts.</summary>
    public double AttentionFactor => scaling.AttentionFactor ?? scaling.Method switch
    {
        "yarn" when scaling is { Mscale: > 0 and var scale, MscaleAllDim: > 0 and var all } => Spread(scale) / Spread(all),
        "yarn" => Spread(1),
        "longrope" when maxPositions > original => Math.Sqrt(1 + (Math.Log(maxPositions / original) / Math.Log(original))),
        _ => 1,
    };

    private IEnumerable<double> Plain(double b) => Enumerable.Range(0, width / 2).Select(i => Math.Pow(b, -2.0 * i / width));

    // NTK-aware scaling whose base grows with the context.
    private double Dynamic(long length)
    {
        double stretch = (Factor * Math.Max(length, maxPositions) / maxPositions) - (Factor - 1);
        return theta * Math.Pow(stretch, width / (width - 2.0));
    }

    // Between the two wavelengths the stretched and the plain frequency are blended.
    private double Llama3(double frequency)
    {
        (double low, double high) = (scaling.LowFreqFactor!.Value, scaling.HighFreqFactor!.Value);
        double turns = original * frequency / (2 * Math.PI);
        double share = Math.Clamp((turns - low) / (high - low), 0, 1);
        return ((1 - share) * frequency / Factor) + (share * frequency);
    }

    // arXiv 2309.00071: a ramp over the frequencies' numbers, from those left alone to those stretched whole.
    private double[] Yarn()
    {
        (double low, double high) = (Number(scaling.BetaFast ?? 32), Number(scaling.BetaSlow ?? 1));
        (low, high) = scaling.Truncate ?? true ? (Math.Floor(low), Math.Ceiling(high)) : (low, high);
        (low, high) = (Math.Max(low, 0), Math.Min(high, width - 1));
        double span = high == low ? 0.001 : high - low;
        return [.. Plain(theta).Select((f, i) => Math.Clamp((i - low) / span, 0, 1) is var share ? (share * f / Factor) + ((1 - share) * f) : f)];

        double Number(double turns) => width * Math.Log(original / (turns * 2 * Math.PI)) / (2 * Math.Log(theta));
    }

    private double Spread(double scale) => Factor <= 1 ? 1 : (0.1 * scale * Math.Log(Factor)) + 1;
}
