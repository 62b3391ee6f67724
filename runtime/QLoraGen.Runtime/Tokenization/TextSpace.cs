namespace QLoraGen.Tokenization;

/// <summary>How SentencePiece writes a space.</summary>
internal static class TextSpace
{
    public const char Char = '\u2581';
}
