using System.Text;

namespace QLoraGen.Tokenization;

/// <summary>What a SentencePiece model does to a text before it looks for pieces (its `normalizer_spec`).</summary>
/// <param name="model">The model.</param>
/// <param name="userDefined">Its user-defined pieces, which are left as they are.</param>
/// <param name="prefixAfterAddedTokens">Whether the dummy prefix follows every added token too.</param>
internal sealed class SentencePieceText(SentencePieceModel model, PieceTrie userDefined, bool prefixAfterAddedTokens)
{
    /// <summary>The normalized text; empty where only spaces were there and they are extra.</summary>
    public string Normalize(string text, TextStart start)
    {
        string mapped = model.Charsmap is { } map ? Map(text, map) : text;
        if (model.RemoveExtraWhitespaces)
        {
            string single = string.Join(' ', mapped.Split(' ', StringSplitOptions.RemoveEmptyEntries));
            // The first space of a text that continues another separates words and is no extra one.
            bool keepsFirst = start == TextStart.Continued && single.Length > 0 && mapped[0] == ' ';
            mapped = keepsFirst ? " " + single : single;
        }
        bool prefix = model.AddDummyPrefix && mapped.Length > 0
            && (start == TextStart.OfText || (start == TextStart.Later && prefixAfterAddedTokens));
        mapped = prefix ? " " + mapped : mapped;
        return model.EscapeWhitespaces ? mapped.Replace(' ', TextSpace.Char) : mapped;
    }

    private string Map(string text, PrecompiledCharsmap map)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(text);
        StringBuilder result = new(text.Length);
        for (int at = 0, byteAt = 0; at < text.Length;)
        {
            int kept = userDefined.Longest(text.AsSpan(at));
            (int mapped, ReadOnlyMemory<byte> replacement) = kept > 0 ? (-1, default) : map.Longest(utf8.AsSpan(byteAt));
            if (mapped > 0)
            {
                result.Append(Encoding.UTF8.GetString(replacement.Span));
            }
            int from = at, end = byteAt + mapped;
            do
            {
                Rune.DecodeFromUtf16(text.AsSpan(at), out Rune rune, out int length);
                at += length;
                byteAt += rune.Utf8SequenceLength;
            }
            while (at < text.Length && (at - from < kept || byteAt < end));
            if (mapped <= 0)
            {
                result.Append(text, from, at - from);
            }
        }
        return result.ToString();
    }
}
