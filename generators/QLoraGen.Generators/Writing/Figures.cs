using System.Globalization;
using QLoraGen.Generators.Models;

namespace QLoraGen.Generators.Writing;

/// <summary>Numbers as documentation shows them.</summary>
internal static class Figures
{
    /// <summary><c>5,702,309,888</c>.</summary>
    public static string Whole(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary><c>0.522 %</c>.</summary>
    public static string Share(long part, long whole) => whole == 0 ? "0 %" : $"{(100.0 * part / whole).ToString("F3", CultureInfo.InvariantCulture)} %";

    /// <summary>What a quantized value costs with its share of the scales: 4.127 at block size 64 with double quantization.</summary>
    public static string Bits(QuantizedModel quantized)
    {
        double scales = quantized.DoubleQuant
            ? (8.0 + (32.0 / QuantFormat.NestedBlockSize)) / quantized.BlockSize
            : 32.0 / quantized.BlockSize;
        return (4 + scales).ToString("F3", CultureInfo.InvariantCulture);
    }

    public static string Bits(double bits) => bits.ToString("F3", CultureInfo.InvariantCulture);
}
