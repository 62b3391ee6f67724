using System.Globalization;

namespace QLoraGen.Rules;

/// <summary>A block size for which there are no kernels.</summary>
public static class BlockSizeIsNotPossible
{
    /// <summary>The rule.</summary>
    public static readonly Rule Rule = new(
        "QLG206", "The block size is not possible", RuleSeverity.Error, "The block size is {0}: use a power of two from {1} to {2}, such as {3}.");

    /// <summary>Checks a number of values that share one absmax.</summary>
    public static Fault? Check(int blockSize) => blockSize is >= QuantFormat.MinBlockSize and <= QuantFormat.MaxBlockSize && (blockSize & (blockSize - 1)) == 0
        ? null
        : Rule.Broken(blockSize, QuantFormat.MinBlockSize, QuantFormat.MaxBlockSize, Near(blockSize))
            with { Fix = Near(blockSize).ToString(CultureInfo.InvariantCulture) };

    // The power of two below, within the limits.
    private static int Near(int blockSize)
    {
        int power = QuantFormat.MinBlockSize;
        while (power < QuantFormat.MaxBlockSize && power * 2 <= blockSize)
        {
            power *= 2;
        }
        return power;
    }
}
