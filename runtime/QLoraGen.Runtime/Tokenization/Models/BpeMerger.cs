namespace QLoraGen.Tokenization;

/// <summary>
/// The merging of byte-pair encoding (Sennrich et al., 2016): of all neighbours the pair with the lowest rank is merged first,
/// the leftmost first among equals. Short words are searched through at each merge; long ones keep their pairs in a heap, so that a
/// word of n symbols takes O(n log n).
/// </summary>
internal sealed class BpeMerger
{
    private const int Short = 48;

    private readonly Dictionary<long, (int Rank, int Id)> merges = [];

    /// <summary>Takes a vocabulary and merges in the order of their rank; of two that are alike the last counts.</summary>
    public BpeMerger(TokenVocab vocab, IEnumerable<(string Left, string Right)> ranked, Func<int, string, Exception> error)
    {
        int rank = 0;
        foreach ((string left, string right) in ranked)
        {
            merges[Pair(Id(left), Id(right))] = (rank, Id(left + right));
            CrossesSpaces |= left[^1] != TextSpace.Char && right[0] == TextSpace.Char;
            rank++;

            int Id(string token) => vocab.Find(token) ?? throw error(rank, token);
        }
    }

    /// <summary>Whether a merge joins a ▁ to what stands before it. If none does, every ▁ after another character begins a word.</summary>
    public bool CrossesSpaces { get; }

    /// <summary>Merges the ids of a word's smallest symbols and appends what is left.</summary>
    public void Merge(ReadOnlySpan<int> symbols, List<int> ids)
    {
        if (symbols.Length <= Short)
        {
            MergeShort(symbols, ids);
        }
        else
        {
            MergeLong(symbols, ids);
        }
    }

    private void MergeShort(ReadOnlySpan<int> symbols, List<int> ids)
    {
        Span<int> id = stackalloc int[Short];
        Span<(int Rank, int Id)> pairs = stackalloc (int, int)[Short];   // of each symbol with the next one
        symbols.CopyTo(id);
        int count = symbols.Length;
        for (int i = 0; i < count - 1; i++)
        {
            pairs[i] = Find(id[i], id[i + 1]);
        }
        while (true)
        {
            (int best, int at) = (int.MaxValue, -1);
            for (int i = 0; i < count - 1; i++)
            {
                if (pairs[i].Rank < best)
                {
                    (best, at) = (pairs[i].Rank, i);
                }
            }
            if (at < 0)
            {
                break;
            }
            id[at] = pairs[at].Id;
            id[(at + 2)..count].CopyTo(id[(at + 1)..]);
            pairs[(at + 1)..count].CopyTo(pairs[at..]);
            count--;
            if (at < count - 1)
            {
                pairs[at] = Find(id[at], id[at + 1]);
            }
            if (at > 0)
            {
                pairs[at - 1] = Find(id[at - 1], id[at]);
            }
        }
        ids.AddRange(id[..count]);
    }

    private void MergeLong(ReadOnlySpan<int> symbols, List<int> ids)
    {
        int count = symbols.Length;
        int[] id = symbols.ToArray(), next = new int[count], previous = new int[count];
        (int Rank, int Id)[] pairs = new (int, int)[count];   // of each symbol with the next one
        List<(int Left, long Key)> offers = new(count);
        for (int i = 0; i < count; i++)
        {
            (previous[i], next[i]) = (i - 1, i + 1);
            pairs[i] = i + 1 < count ? Find(id[i], id[i + 1]) : (int.MaxValue, 0);
            if (pairs[i].Rank < int.MaxValue)
            {
                offers.Add((i, Key(i)));
            }
        }
        PriorityQueue<int, long> queue = new(offers);
        while (queue.TryDequeue(out int left, out long key))
        {
            if (key != Key(left))
            {
                continue; // One of the two was merged since.
            }
            int right = next[left];
            id[left] = pairs[left].Id;
            pairs[right] = (int.MaxValue, 0);
            next[left] = next[right];
            if (next[left] < count)
            {
                previous[next[left]] = left;
            }
            Offer(left);
            Offer(previous[left]);
        }
        for (int i = 0; i < count; i = next[i])
        {
            ids.Add(id[i]);
        }

        long Key(int left) => ((long)pairs[left].Rank << 32) | (uint)left;

        void Offer(int left)
        {
            if (left >= 0)
            {
                pairs[left] = next[left] < count ? Find(id[left], id[next[left]]) : (int.MaxValue, 0);
                if (pairs[left].Rank < int.MaxValue)
                {
                    queue.Enqueue(left, Key(left));
                }
            }
        }
    }

    private (int Rank, int Id) Find(int left, int right) =>
        merges.TryGetValue(Pair(left, right), out (int Rank, int Id) merge) ? merge : (int.MaxValue, 0);

    private static long Pair(int left, int right) => ((long)left << 32) | (uint)right;
}
