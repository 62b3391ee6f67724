using System.Globalization;

namespace QLoraGen.Emulation;

/// <summary>Immediates: decimal, hexadecimal, octal and binary integers, and floating point as decimals or as exact bits.</summary>
internal static class PtxLiteral
{
    public static ulong Parse(string text, PtxType type)
    {
        string digits = text.TrimStart('-');
        bool negative = digits.Length < text.Length;
        if (digits.StartsWith("0f", StringComparison.OrdinalIgnoreCase) && digits.Length == 10)
            return FromDouble(Sign(BitConverter.UInt32BitsToSingle(uint.Parse(digits[2..], NumberStyles.HexNumber)), negative), type, text);
        if (digits.StartsWith("0d", StringComparison.OrdinalIgnoreCase) && digits.Length == 18)
            return FromDouble(Sign(BitConverter.UInt64BitsToDouble(ulong.Parse(digits[2..], NumberStyles.HexNumber)), negative), type, text);
        if (ParseInteger(digits) is { } value)
            return type.IsFloat && value != 0 && type.Bits > 16
                ? throw new PtxFault($"The integer {text} stands where {type.Name} is needed.")
                : negative ? 0 - value : value;
        if (double.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out double real))
            return FromDouble(Sign(real, negative), type, text);
        throw new PtxFault($"'{text}' is no number and is not declared.");
    }

    private static double Sign(double value, bool negative) => negative ? -value : value;

    private static ulong FromDouble(double value, PtxType type, string text) => type.Name switch
    {
        "f64" or "b64" => BitConverter.DoubleToUInt64Bits(value),
        "f32" or "b32" => BitConverter.SingleToUInt32Bits((float)value),
        _ => throw new PtxFault($"The number {text} stands where {type.Name} is needed."),
    };

    private static ulong? ParseInteger(string digits)
    {
        string plain = digits.TrimEnd('U');
        if (plain.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
            return ulong.TryParse(plain[2..], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out ulong hex) ? hex : null;
        if (plain.StartsWith("0b", StringComparison.OrdinalIgnoreCase))
            return ulong.TryParse(plain[2..], NumberStyles.BinaryNumber, CultureInfo.InvariantCulture, out ulong binary) ? binary : null;
        if (plain.Length > 1 && plain[0] == '0' && plain.All(c => c is >= '0' and <= '7'))
            return Convert.ToUInt64(plain, 8);
        return ulong.TryParse(plain, NumberStyles.None, CultureInfo.InvariantCulture, out ulong value) ? value : null;
    }
}
