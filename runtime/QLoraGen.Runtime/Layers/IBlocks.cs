using static TorchSharp.torch;

namespace QLoraGen;

/// <summary>The blocks of a model as training sees them.</summary>
internal interface IBlocks
{
    /// <summary>Whether activations inside a block are computed again in the backward pass: a third more time for far less memory.</summary>
    bool Recomputes { get; set; }

    /// <summary>How many blocks were computed with the promise to compute them again.</summary>
    long Recomputations { get; }

    /// <summary>Told of the output of each block, by its number; null for nobody.</summary>
    Action<int, Tensor>? Watch { get; set; }
}
