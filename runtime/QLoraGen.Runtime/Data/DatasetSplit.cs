namespace QLoraGen.Data;

/// <summary>A dataset split into what is trained on and what is held out to measure with.</summary>
/// <param name="Train">What is trained on, shuffled.</param>
/// <param name="HeldOut">What is held out, shuffled.</param>
public sealed record DatasetSplit<T>(IReadOnlyList<T> Train, IReadOnlyList<T> HeldOut);

/// <summary>Splits datasets: the same for the same items, count and seed, on every machine and version.</summary>
public static class DatasetSplit
{
    /// <summary>Shuffles the items and holds some of them out; every item lands on exactly one side.</summary>
    /// <param name="items">Samples, tokenized or not.</param>
    /// <param name="heldOut">How many to hold out; 0 is allowed.</param>
    /// <param name="seed">Any number.</param>
    /// <exception cref="QLoraException">Nothing would be left to train on.</exception>
    public static DatasetSplit<T> Split<T>(IReadOnlyList<T> items, int heldOut, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(heldOut);
        if (heldOut >= items.Count)
        {
            throw new QLoraException($"holding out {heldOut} of {items.Count} samples leaves none to train on; hold out fewer.");
        }
        T[] shuffled = [.. items];
        new SeededRandom(seed).Shuffle<T>(shuffled);
        return new(shuffled[heldOut..], shuffled[..heldOut]);
    }
}
