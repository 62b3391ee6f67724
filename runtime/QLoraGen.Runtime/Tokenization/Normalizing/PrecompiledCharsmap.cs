using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace QLoraGen.Tokenization;

/// <summary>
/// SentencePiece's `precompiled_charsmap`: a double-array trie over UTF-8 bytes (Darts-clone, after Aoe, 1989) from what is replaced to
/// an offset among the replacements, which are strings that end in a zero byte. Laid out as: length of the trie in bytes (u32), its
/// units (u32 each), replacements; all little-endian.
/// </summary>
internal sealed class PrecompiledCharsmap
{
    // A character and its marks are looked up as one where they are shorter than this, as Hugging Face's tokenizers do it.
    private const int LongestGrapheme = 6;

    private readonly uint[] units;
    private readonly byte[] replacements;

    private PrecompiledCharsmap(uint[] units, byte[] replacements) => (this.units, this.replacements) = (units, replacements);

    /// <summary>Reads the field of a `tokenizer.json`, which is base64.</summary>
    public static PrecompiledCharsmap Read(JsonField field)
    {
        try
        {
            return Read(Convert.FromBase64String(field.AsString()), field.Error);
        }
        catch (FormatException error)
        {
            throw new QLoraException($"{field.Error("is not base64; download the file again").Message}", error);
        }
    }

    /// <summary>Reads the bytes themselves.</summary>
    public static PrecompiledCharsmap Read(ReadOnlySpan<byte> bytes, Func<string, Exception> error)
    {
        if (bytes.Length < 4)
        {
            throw error($"has {bytes.Length} bytes, too few for a map; download the file again");
        }
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        if (length == 0 || length % 4 != 0 || length > bytes.Length - 4)
        {
            throw error($"its trie of {length} bytes does not fit in {bytes.Length}; download the file again");
        }
        uint[] units = new uint[length / 4];
        for (int i = 0; i < units.Length; i++)
        {
            units[i] = BinaryPrimitives.ReadUInt32LittleEndian(bytes[(4 + (4 * i))..]);
        }
        return new(units, bytes[(4 + (int)length)..].ToArray());
    }

    /// <summary>
    /// What the longest key that the bytes begin with is replaced by, and the key's length; -1 where they begin with none. This is
    /// SentencePiece's own rule.
    /// </summary>
    public (int Length, ReadOnlyMemory<byte> Replacement) Longest(ReadOnlySpan<byte> utf8) => Find(utf8, shortest: false);

    /// <summary>
    /// The text with each grapheme, or else each of its characters, replaced where the map has a key that it begins with. This is the
    /// rule of Hugging Face's tokenizers, which takes the shortest key.
    /// </summary>
    public string ReplaceGraphemes(string text)
    {
        StringBuilder result = new(text.Length);
        for (int at = 0, length; at < text.Length; at += length)
        {
            length = StringInfo.GetNextTextElementLength(text, at);
            ReadOnlySpan<char> grapheme = text.AsSpan(at, length);
            if (Encoding.UTF8.GetByteCount(grapheme) < LongestGrapheme && Shortest(grapheme) is { } whole)
            {
                result.Append(whole);
                continue;
            }
            foreach (Rune rune in grapheme.EnumerateRunes())
            {
                string character = rune.ToString();
                result.Append(Shortest(character) ?? character);
            }
        }
        return result.ToString();
    }

    private string? Shortest(ReadOnlySpan<char> text)
    {
        Span<byte> utf8 = stackalloc byte[LongestGrapheme];
        (int length, ReadOnlyMemory<byte> replacement) = Find(utf8[..Encoding.UTF8.GetBytes(text, utf8)], shortest: true);
        return length < 0 ? null : Encoding.UTF8.GetString(replacement.Span);
    }

    private (int Length, ReadOnlyMemory<byte> Replacement) Find(ReadOnlySpan<byte> key, bool shortest)
    {
        (int length, uint value) = (-1, 0);
        uint at = Offset(units[0]);
        for (int i = 0; i < key.Length && key[i] != 0; i++)
        {
            at ^= key[i];
            // The label of a unit is its low byte; bit 31 marks a value, which is no label.
            if (at >= units.Length || (units[at] & 0x800000FF) != key[i])
            {
                break;
            }
            bool ends = (units[at] & 0x100) != 0;
            at ^= Offset(units[at]);
            if (ends && at < units.Length)
            {
                (length, value) = (i + 1, units[at] & 0x7FFFFFFF);
                if (shortest)
                {
                    break;
                }
            }
        }
        if (length < 0 || value > replacements.Length)
        {
            return (-1, default);
        }
        ReadOnlyMemory<byte> rest = replacements.AsMemory((int)value);
        int end = rest.Span.IndexOf((byte)0);
        return (length, end < 0 ? rest : rest[..end]);
    }

    private static uint Offset(uint unit) => (unit >> 10) << (int)((unit & 0x200) >> 6);
}
