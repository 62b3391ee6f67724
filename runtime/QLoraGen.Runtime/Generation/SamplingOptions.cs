namespace QLoraGen;

/// <summary>How the next token is chosen.</summary>
public sealed record SamplingOptions
{
    /// <summary>Tokens to generate at most.</summary>
    public int MaxNewTokens { get; init; } = 128;

    /// <summary>What logits are divided by; 0 takes the likeliest token each time.</summary>
    public double Temperature { get; init; }

    /// <summary>Only the likeliest tokens that together reach this probability are drawn from.</summary>
    public double TopP { get; init; } = 1;

    /// <summary>Of the draws.</summary>
    public long Seed { get; init; } = 42;
}
