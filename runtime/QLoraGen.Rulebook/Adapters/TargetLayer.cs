namespace QLoraGen;

/// <summary>A layer of a model as adapter rules see it, in the compiler and at run time.</summary>
/// <param name="Path">Its full path; the compiler, which may not know how many blocks there are, writes <c>*</c> for the number of a block.</param>
/// <param name="IsLinear">Whether adapters can train it.</param>
/// <param name="FullPrecision">Whether it is kept out of the default targets.</param>
/// <param name="InFeatures">Width that goes in; null where it is not known or the layer is not linear.</param>
/// <param name="OutFeatures">Width that comes out; null where it is not known or the layer is not linear.</param>
public sealed record TargetLayer(string Path, bool IsLinear, bool FullPrecision, long? InFeatures, long? OutFeatures);
