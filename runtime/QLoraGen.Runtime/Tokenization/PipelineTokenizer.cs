namespace QLoraGen.Tokenization;

/// <summary>A tokenizer as Hugging Face's library builds them: normalizer, pre-tokenizer, model, decoder.</summary>
internal sealed class PipelineTokenizer : Tokenizer
{
    private readonly Normalizer normalizer;
    private readonly PreTokenizer words;
    private readonly TokenModel model;
    private readonly TokenDecoder decoder;

    public PipelineTokenizer(
        Normalizer normalizer, PreTokenizer words, TokenModel model, TokenDecoder decoder, AddedTokens added, SpecialIds special)
        : base(added, special)
    {
        (this.normalizer, this.words, this.model, this.decoder) = (normalizer, words, model, decoder);
        VocabSize = Math.Max(model.LastId, added.LastId) + 1;
    }

    public override int VocabSize { get; }

    // A byte-level decoder leaves the space of add_prefix_space in the text; it is taken away here, as it is no part of it.
    private protected override int StripsAtStart => decoder.StripsAtStart + (words is { WritesBytes: true, AddsSpace: true } ? 1 : 0);

    private protected override string Between => decoder.Between;

    private protected override string Normalize(string text, TextStart start) => normalizer.Apply(text, start);

    private protected override void EncodePlain(string text, TextStart start, List<int> ids)
    {
        foreach (TextPiece word in words.Split(new(text, start)))
        {
            model.Encode(word.Text, ids);
        }
    }

    private protected override bool AppendPlain(int id, bool first, List<byte> utf8)
    {
        if (model.Text(id) is not { } token)
        {
            return false;
        }
        decoder.Append(token, first, utf8);
        return true;
    }
}
