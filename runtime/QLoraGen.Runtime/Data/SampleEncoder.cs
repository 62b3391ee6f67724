using QLoraGen.Templates;
using QLoraGen.Tokenization;

namespace QLoraGen.Data;

/// <summary>Turns samples into token ids with the index from which they are learned.</summary>
public static class SampleEncoder
{
    /// <summary>
    /// A prompted sample as BOS (where the model expects it), prompt, completion, EOS (where there is one); a plain text as BOS and
    /// text, and EOS where the model expects it after every text. Prompt and completion are tokenized apart, so that no token straddles the border of what is learned.
    /// </summary>
    /// <param name="tokenizer">The model's tokenizer.</param>
    /// <param name="sample">The sample; special tokens written in it stay plain characters.</param>
    /// <param name="maxLength">The most ids to give, at least 2; the rest is cut away.</param>
    /// <returns>The sample, or null where the limit leaves nothing to learn.</returns>
    public static TokenizedSample? Encode(Tokenizer tokenizer, Sample sample, int maxLength) => Encode(tokenizer, sample, maxLength, out _);

    /// <summary>Encodes every sample of a dataset; a document is cut into blocks by <see cref="Chunk"/>.</summary>
    /// <param name="tokenizer">The model's tokenizer.</param>
    /// <param name="dataset">The dataset.</param>
    /// <param name="maxLength">The most ids a sample may have, at least 2.</param>
    /// <param name="template">The model's chat template, by which conversations are rendered.</param>
    /// <exception cref="QLoraException">No sample is left, or the template cannot render a conversation.</exception>
    public static TokenizedDataset EncodeAll(Tokenizer tokenizer, Dataset dataset, int maxLength, ChatTemplate? template = null)
    {
        List<TokenizedSample> samples = [];
        (int shortened, int dropped) = (0, 0);
        foreach (Sample sample in dataset.Samples)
        {
            if (dataset.Kind == DatasetKind.Document)
            {
                samples.AddRange(Chunk(tokenizer, sample.Completion, maxLength));
            }
            else if (EncodeAny(tokenizer, sample, maxLength, template, out bool cut) is { } encoded)
            {
                samples.Add(encoded);
                shortened += cut ? 1 : 0;
            }
            else
            {
                dropped++;
            }
        }
        return samples.Count > 0
            ? new(samples, shortened, dropped)
            : throw new QLoraException($"no sample has anything left to learn at {maxLength} tokens; "
                + "raise the maximum length or shorten the prompts.");
    }

    /// <summary>
    /// One long text as consecutive blocks of <paramref name="maxLength"/> ids, the last one shorter. BOS stands at the start of the
    /// text alone, and EOS, where the model expects it after every text, at its end.
    /// </summary>
    /// <param name="tokenizer">The model's tokenizer.</param>
    /// <param name="text">The text.</param>
    /// <param name="maxLength">The length of a block, at least 2. A last block of one id is left out: it predicts nothing.</param>
    public static IReadOnlyList<TokenizedSample> Chunk(Tokenizer tokenizer, string text, int maxLength)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxLength, 2);
        int[] ids = [.. Start(tokenizer), .. tokenizer.Encode(text), .. tokenizer.AddEos ? End(tokenizer) : []];
        return [.. ids.Chunk(maxLength).Where(block => block.Length > 1).Select(block => new TokenizedSample(block, 0))];
    }

    private static TokenizedSample? EncodeAny(Tokenizer tokenizer, Sample sample, int maxLength, ChatTemplate? template, out bool cut) =>
        sample.Conversation is not { } conversation ? Encode(tokenizer, sample, maxLength, out cut)
        : template is null ? throw new QLoraException($"{conversation.Where} is a conversation, but the model has no chat template.")
        : ConversationEncoder.Encode(tokenizer, template, conversation, maxLength, out cut);

    private static TokenizedSample? Encode(Tokenizer tokenizer, Sample sample, int maxLength, out bool cut)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxLength, 2);
        int[] given = [.. Start(tokenizer), .. sample.Prompt is null ? [] : tokenizer.Encode(sample.Prompt)];
        int[] completion = string.IsNullOrEmpty(sample.Prompt)
            ? tokenizer.Encode(sample.Completion)
            : tokenizer.EncodeContinuation(sample.Completion);
        int[] learned = sample.Prompt is null && !tokenizer.AddEos ? completion : [.. completion, .. End(tokenizer)];
        int length = Math.Min(maxLength, given.Length + learned.Length);
        cut = length < given.Length + learned.Length;
        // The first id of all is predicted from nothing.
        return length <= Math.Max(given.Length, 1) ? null : new([.. given.Concat(learned).Take(length)], given.Length);
    }

    private static int[] Start(Tokenizer tokenizer) => tokenizer is { AddBos: true, BosId: { } bos } ? [bos] : [];

    private static int[] End(Tokenizer tokenizer) => tokenizer.EosId is { } eos ? [eos] : [];
}
