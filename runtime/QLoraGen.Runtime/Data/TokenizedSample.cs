namespace QLoraGen.Data;

/// <summary>A sample as token ids.</summary>
/// <param name="Ids">The ids, at least two.</param>
/// <param name="LossFrom">
/// Index of the first id that is learned. The labels before it are masked. The id at index 0 has nothing before it to be predicted
/// from, so it is never learned, even where this is 0.
/// </param>
public sealed record TokenizedSample(int[] Ids, int LossFrom)
{
    /// <summary>
    /// Start and end of each part that is learned, in order, at least one: all from <see cref="LossFrom"/> on, or, of a conversation, the
    /// assistant's turns.
    /// </summary>
    public IReadOnlyList<(int Start, int End)> Learned { get => field ?? [(LossFrom, Ids.Length)]; init; }

    /// <summary>Where the last answer begins: what stands before it is its prompt.</summary>
    public int AnswerFrom => Learned[^1].Start;
}

/// <summary>A tokenized dataset, with what the length limit took away.</summary>
/// <param name="Samples">The samples that are left, in order.</param>
/// <param name="Shortened">How many of them lost their end.</param>
/// <param name="Dropped">How many samples lost all there was to learn and were left out.</param>
public sealed record TokenizedDataset(IReadOnlyList<TokenizedSample> Samples, int Shortened, int Dropped);
