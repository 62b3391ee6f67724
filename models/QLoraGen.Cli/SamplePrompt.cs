namespace QLoraGen.Cli;

/// <summary>A held-out row that a person is shown, with what the model makes of it.</summary>
/// <param name="Ids">What the model is given.</param>
/// <param name="Text">The same as text.</param>
/// <param name="Wanted">The row's own answer; null of a plain text.</param>
internal sealed record SamplePrompt(int[] Ids, string Text, string? Wanted)
{
    private const int Rows = 3, BeginningOfText = 16;

    /// <summary>The first rows: their prompts, or, of plain texts, how they begin.</summary>
    public static IReadOnlyList<SamplePrompt> Of(LoadedModel loaded, EncodedData heldOut) => [.. heldOut.Samples.Take(Rows).Select(sample =>
    {
        int given = heldOut.HasPrompts ? sample.AnswerFrom : Math.Min(BeginningOfText, sample.Ids.Length / 2);
        return new SamplePrompt(
            sample.Ids[..given], loaded.Tokenizer.Decode(sample.Ids.AsSpan(0, given)),
            heldOut.HasPrompts ? loaded.Tokenizer.Decode(sample.Ids.AsSpan(sample.AnswerFrom)) : null);
    })];
}
