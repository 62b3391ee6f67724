namespace QLoraGen;

/// <summary>A layer of a model as adapter rules see it, in the compiler and at run time.</summary>
/// <param name="Path">Its full path; the compiler, which may not know how many blocks there are, writes <c>*</c> for the number of a block.</param>
/// <param name="IsLinear">Whether it is a linear layer.</param>
/// <param name="FullPrecision">Whether it is kept out of the default targets.</param>
/// <param name="InFeatures">Width that goes in; of an embedding, the size of its vocabulary; null where it is not known.</param>
/// <param name="OutFeatures">Width that comes out; null where it is not known.</param>
public sealed record TargetLayer(string Path, bool IsLinear, bool FullPrecision, long? InFeatures, long? OutFeatures)
{
    /// <summary>Whether it is a table of embeddings, which adapters train where a config names it.</summary>
    public bool IsEmbedding { get; init; }

    /// <summary>Whether an adapter can stand on it.</summary>
    public bool CanAdapt => IsLinear || IsEmbedding;

    /// <summary>Its frozen tensors, which <c>modules_to_save</c> and <c>bias</c> train; none where they are not known.</summary>
    public IReadOnlyList<TargetTensor> Tensors { get; init; } = [];
}

/// <summary>A frozen tensor of a layer.</summary>
/// <param name="Key">Its name below the layer's: <c>weight</c>.</param>
/// <param name="Shape">Its sizes.</param>
public sealed record TargetTensor(string Key, IReadOnlyList<long> Shape)
{
    /// <summary>Whether checkpoints, and so adapters, have its two dimensions the other way round (Transformers' Conv1D).</summary>
    public bool IsStoredTransposed { get; init; }
}
