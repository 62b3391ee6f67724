using System.Text;

namespace QLoraGen.Tokenization;

/// <summary>
/// GPT-2's way to write bytes as characters: printable Latin-1 stands for itself, the other 68 bytes are U+0100 and up in order.
/// (Space is Ġ.)
/// </summary>
internal static class ByteAlphabet
{
    private static readonly char[] ToChar = Build();
    private static readonly Dictionary<char, byte> ToByte =
        Enumerable.Range(0, 256).ToDictionary(value => ToChar[value], value => (byte)value);

    /// <summary>The character of each byte, in the order of the bytes.</summary>
    public static ReadOnlySpan<char> Chars => ToChar;

    /// <summary>A text's UTF-8 bytes, written as characters.</summary>
    public static string Write(string text)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(text);
        return string.Create(utf8.Length, utf8, static (chars, bytes) =>
        {
            for (int i = 0; i < bytes.Length; i++)
            {
                chars[i] = ToChar[bytes[i]];
            }
        });
    }

    /// <summary>Appends the bytes of a token; false where it has a character outside the alphabet.</summary>
    public static bool TryRead(string token, List<byte> utf8)
    {
        int first = utf8.Count;
        foreach (char c in token)
        {
            if (!ToByte.TryGetValue(c, out byte value))
            {
                utf8.RemoveRange(first, utf8.Count - first);
                return false;
            }
            utf8.Add(value);
        }
        return true;
    }

    private static char[] Build()
    {
        char[] chars = new char[256];
        int others = 0;
        for (int value = 0; value < 256; value++)
        {
            bool printable = value is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or (>= 0xAE and <= 0xFF);
            chars[value] = (char)(printable ? value : 256 + others++);
        }
        return chars;
    }
}
