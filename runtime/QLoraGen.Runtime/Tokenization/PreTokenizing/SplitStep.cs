namespace QLoraGen.Tokenization;

/// <summary>Cuts at the matches of a pattern.</summary>
/// <param name="pattern">The pattern.</param>
/// <param name="behavior">What becomes of its matches.</param>
/// <param name="invert">Whether what lies between the matches counts as matches instead.</param>
internal sealed class SplitStep(WordPattern pattern, SplitBehavior behavior, bool invert = false) : IPreTokenizerStep
{
    public void Apply(TextPiece piece, List<TextPiece> words)
    {
        List<(int Start, int End)> matches = [];
        pattern.Find(piece.Text, matches);
        Cutting.Cut(piece, matches, behavior, invert, words);
    }
}
