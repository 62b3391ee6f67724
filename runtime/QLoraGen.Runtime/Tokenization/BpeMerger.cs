namespace QLoraGen.Tokenization;

/// <summary>
/// The merging of byte-pair encoding (Sennrich et al., 2016): of all neighbours the pair with the lowest rank is merged first,
/// the leftmost first among equals. Own code instead of Microsoft.ML.Tokenizers' BpeTokenizer, whose time grows with the square of
/// the word's length (79 s for 1 MB without a pre-tokenizer) and which knows neither `byte_fallback` nor `ignore_merges`.
/// </summary>
internal sealed class BpeMerger
{
    private readonly Dictionary<(int Left, int Right), (int Rank, int Id)> merges = [];

    /// <summary>Takes a vocabulary and merges in the order of their rank.</summary>
    public BpeMerger(
        IReadOnlyDictionary<string, int> vocab, IEnumerable<(string Left, string Right)> ranked, Func<int, string, Exception> error)
    {
        foreach ((string left, string right) in ranked)
        {
            int rank = merges.Count;
            merges[(Id(left), Id(right))] = (rank, Id(left + right));

            int Id(string token) => vocab.TryGetValue(token, out int id) ? id : throw error(rank, token);
        }
    }

    /// <summary>Merges the ids of a word's smallest symbols and appends what is left. O(n log n).</summary>
    public void Merge(ReadOnlySpan<int> symbols, List<int> ids)
    {
        int count = symbols.Length;
        int[] id = symbols.ToArray(), next = new int[count], previous = new int[count];
        PriorityQueue<(int Left, int Right, int LeftId, int RightId), long> queue = new();
        for (int i = 0; i < count; i++)
        {
            (previous[i], next[i]) = (i - 1, i + 1);
            Offer(i - 1, i);
        }
        while (queue.TryDequeue(out (int Left, int Right, int LeftId, int RightId) pair, out _))
        {
            // A pair is stale when one of its sides was merged since; a merged-away side has id -1.
            (int left, int right) = (pair.Left, pair.Right);
            if (id[left] != pair.LeftId || id[right] != pair.RightId || next[left] != right)
            {
                continue;
            }
            id[left] = merges[(pair.LeftId, pair.RightId)].Id;
            id[right] = -1;
            next[left] = next[right];
            if (next[left] < count)
            {
                previous[next[left]] = left;
                Offer(left, next[left]);
            }
            Offer(previous[left], left);
        }
        for (int i = 0; i < count; i = next[i])
        {
            ids.Add(id[i]);
        }

        void Offer(int left, int right)
        {
            if (left >= 0 && merges.TryGetValue((id[left], id[right]), out (int Rank, int Id) merge))
            {
                queue.Enqueue((left, right, id[left], id[right]), ((long)merge.Rank << 32) | (uint)left);
            }
        }
    }
}
