namespace QLoraGen;

/// <summary>Blocks whose activations need not be kept for the backward pass.</summary>
internal interface IRecomputing
{
    /// <summary>Whether activations inside a block are computed again in the backward pass: a third more time for far less memory.</summary>
    bool Recomputes { get; set; }

    /// <summary>How many blocks were computed with the promise to compute them again.</summary>
    long Recomputations { get; }
}
