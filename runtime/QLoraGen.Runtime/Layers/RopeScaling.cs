namespace QLoraGen;

/// <summary>A config's <c>rope_scaling</c>: how frequencies are stretched for contexts longer than those of pretraining.</summary>
public sealed record RopeScaling
{
    /// <summary>The method: <c>default</c>, <c>linear</c> or <c>llama3</c>.</summary>
    public string RopeType { get; init; } = "default";

    /// <summary>The method under its older key.</summary>
    public string? Type { get; init; }

    /// <summary>By how much low frequencies are stretched.</summary>
    public double Factor { get; init; } = 1;

    /// <summary>Llama 3: wavelengths above original / this factor are stretched whole.</summary>
    public double LowFreqFactor { get; init; } = 1;

    /// <summary>Llama 3: wavelengths below original / this factor are left alone.</summary>
    public double HighFreqFactor { get; init; } = 4;

    /// <summary>Llama 3: the context of pretraining, in tokens.</summary>
    public int OriginalMaxPositionEmbeddings { get; init; } = 8192;

    private string Method => Type ?? RopeType;

    /// <summary>Refuses a method that is not implemented, since ignoring it would change every result.</summary>
    /// <exception cref="QLoraException">The method is not known.</exception>
    public void Validate()
    {
        if (Method is not ("default" or "linear" or "llama3"))
        {
            throw new QLoraException(
                $"config.json: rope_scaling: '{Method}' is not supported (default, linear and llama3 are); a model that needs it would give wrong results.");
        }
    }

    /// <summary>The stretched form of a frequency, in radians a position.</summary>
    public double Scale(double frequency) => Method switch
    {
        "linear" => frequency / Factor,
        "llama3" => Llama3(frequency),
        _ => frequency,
    };

    // Between the two wavelengths the stretched and the plain frequency are blended.
    private double Llama3(double frequency)
    {
        double turns = OriginalMaxPositionEmbeddings * frequency / (2 * Math.PI);
        double share = Math.Clamp((turns - LowFreqFactor) / (HighFreqFactor - LowFreqFactor), 0, 1);
        return ((1 - share) * frequency / Factor) + (share * frequency);
    }
}
