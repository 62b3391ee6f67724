namespace QLoraGen.Tokenization;

/// <summary>
/// The `pre_tokenizer` of a `tokenizer.json`: cuts a normalized text into the words that are tokenized apart, by steps that apply one
/// after another. Types and fields are those of Hugging Face's tokenizers; whatever is not known is refused by name.
/// </summary>
internal sealed class PreTokenizer
{
    /// <summary>GPT-2's words.</summary>
    public const string Gpt2 = @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";

    /// <summary>The words of Qwen 2, 2.5 and 3, which count every digit alone.</summary>
    public const string Qwen2 =
        @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    private readonly IReadOnlyList<IPreTokenizerStep> steps;

    private PreTokenizer(params IReadOnlyList<IPreTokenizerStep> steps) => this.steps = steps;

    /// <summary>Words by a pattern, written as bytes: what GPT-2 and its like do.</summary>
    public static PreTokenizer ByteLevel(string pattern, bool addPrefixSpace) =>
        new(new ByteLevelStep(addPrefixSpace, useRegex: false, new WordPattern(pattern)));

    /// <summary>Reads the field `pre_tokenizer`, which may be null.</summary>
    public static PreTokenizer Read(JsonField field) =>
        new([.. TokenizerJson.Parts(field, "pretokenizers").Select(PreTokenizerReader.Read)]);

    /// <summary>Whether a space is put before a text.</summary>
    public bool AddsSpace => steps.Any(static step => step.AddsSpace);

    /// <summary>Whether words are written as bytes, each byte a character of <see cref="ByteAlphabet"/>.</summary>
    public bool WritesBytes => steps.Any(static step => step is ByteLevelStep);

    /// <summary>The words of a text, in order; none of them is empty.</summary>
    /// <exception cref="QLoraException">A pattern takes more than two seconds to find one word.</exception>
    public List<TextPiece> Split(TextPiece text)
    {
        List<TextPiece> pieces = [text];
        foreach (IPreTokenizerStep step in steps)
        {
            List<TextPiece> next = new(pieces.Count);
            foreach (TextPiece piece in pieces)
            {
                step.Apply(piece, next);
            }
            pieces = next;
        }
        return pieces;
    }
}

/// <summary>One step of a <see cref="PreTokenizer"/>.</summary>
internal interface IPreTokenizerStep
{
    /// <summary>Whether a space is put before a text.</summary>
    bool AddsSpace => false;

    /// <summary>Appends the words of one piece.</summary>
    void Apply(TextPiece piece, List<TextPiece> words);
}
