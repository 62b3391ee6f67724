namespace QLoraGen.Tokenization;

/// <summary>Writes words as bytes, each byte as a character; cuts at GPT-2's words first where that is asked for.</summary>
internal sealed class ByteLevelStep(bool addPrefixSpace, bool useRegex, WordPattern? pattern = null) : IPreTokenizerStep
{
    private readonly WordPattern? words = useRegex ? new(PreTokenizer.Gpt2) : pattern;

    public bool AddsSpace => addPrefixSpace;

    public void Apply(TextPiece piece, List<TextPiece> into)
    {
        string text = addPrefixSpace && piece.Start != TextStart.Continued && piece.Text[0] != ' ' ? " " + piece.Text : piece.Text;
        int first = into.Count;
        if (words is null)
        {
            into.Add(piece with { Text = text });
        }
        else
        {
            List<(int Start, int End)> matches = [];
            words.Find(text, matches);
            Cutting.Cut(piece with { Text = text }, matches, SplitBehavior.Isolated, invert: false, into);
        }
        for (int i = first; i < into.Count; i++)
        {
            into[i] = into[i] with { Text = ByteAlphabet.Write(into[i].Text) };
        }
    }
}
