namespace QLoraGen.Tokenization;

/// <summary>A stretch of text on its way to the model, with where it stands.</summary>
/// <param name="Text">Never empty.</param>
/// <param name="Start">Where it stands, which decides whether a space is put before it.</param>
internal readonly record struct TextPiece(string Text, TextStart Start);

/// <summary>Where a piece of text stands that has no added token in it.</summary>
internal enum TextStart
{
    /// <summary>At the start of a text.</summary>
    OfText,

    /// <summary>After an added token, or after another piece of the same text.</summary>
    Later,

    /// <summary>After earlier text that was encoded on its own.</summary>
    Continued,
}
