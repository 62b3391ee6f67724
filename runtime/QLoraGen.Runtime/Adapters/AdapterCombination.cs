namespace QLoraGen;

/// <summary>How weighted adapters become one: the ways of PEFT's <c>add_weighted_adapter</c> that are sums.</summary>
public enum AdapterCombination
{
    /// <summary>The weighted sum itself, cut to its largest singular values (<c>svd</c>); exact where the rank is large enough.</summary>
    Svd,

    /// <summary>The weighted sum itself, with all A over each other and all B side by side (<c>cat</c>): the ranks add up.</summary>
    Cat,

    /// <summary>
    /// Sums of all A and of all B, each with the root of its weight (<c>linear</c>): the ranks must be the same. The product of sums
    /// has terms of one adapter's B with another's A beside the weighted sum.
    /// </summary>
    Linear,
}
