using System.Text;

namespace QLoraGen.Tokenization;

/// <summary>
/// Decodes ids as they come. A character whose UTF-8 bytes are spread over several tokens appears with its last one, so what was
/// printed never has to be taken back. Made by <see cref="Tokenizer.Stream"/>.
/// </summary>
public sealed class TokenStream
{
    private readonly Tokenizer tokenizer;
    private readonly Decoder decoder = Encoding.UTF8.GetDecoder();
    private readonly List<byte> bytes = [];
    private int toStrip;
    private bool first;

    internal TokenStream(Tokenizer tokenizer, bool continues)
    {
        this.tokenizer = tokenizer;
        (first, toStrip) = (!continues, continues ? 0 : tokenizer.SpacesToStrip);
    }

    /// <summary>The text that this id completes; empty for a special token or an unfinished character.</summary>
    /// <param name="id">The next id, at least 0.</param>
    public string Add(int id)
    {
        bytes.Clear();
        if (tokenizer.Append(id, first, bytes))
        {
            first = false;
        }
        for (; toStrip > 0 && bytes.Count > 0 && bytes[0] == (byte)' '; toStrip--)
        {
            bytes.RemoveAt(0);
        }
        toStrip = bytes.Count > 0 ? 0 : toStrip;
        return Decode(flush: false);
    }

    /// <summary>What was held back: U+FFFD where the last character never got all of its bytes, else nothing.</summary>
    public string End()
    {
        bytes.Clear();
        return Decode(flush: true);
    }

    private string Decode(bool flush)
    {
        byte[] utf8 = [.. bytes];
        char[] chars = new char[decoder.GetCharCount(utf8, flush)];
        return new string(chars, 0, decoder.GetChars(utf8, chars, flush));
    }
}
