namespace QLoraGen.Tokenization;

/// <summary>Finds the merges of a BPE vocabulary: again and again the pair of neighbours that is most frequent over all words.</summary>
internal sealed class BpeMergeSearch
{
    private readonly List<(int[] Symbols, long Count)> words = [];
    private readonly Dictionary<(int Left, int Right), long> counts = [];
    private readonly Dictionary<(int Left, int Right), HashSet<int>> wordsWith = [];
    private readonly PriorityQueue<(int Left, int Right), (long MinusCount, int Left, int Right)> queue = new();

    /// <summary>Takes distinct words with how often each occurs. Their order does not matter to the result.</summary>
    public BpeMergeSearch(IReadOnlyDictionary<string, (int[] Symbols, long Count)> counted)
    {
        foreach ((int[] symbols, long count) in counted.Values)
        {
            words.Add((symbols, count));
            CountPairs(words.Count - 1, sign: 1);
        }
        foreach ((int Left, int Right) pair in counts.Keys)
        {
            Offer(pair);
        }
    }

    /// <summary>
    /// Merges pairs that occur at least twice, in order, until there are <paramref name="vocabSize"/> tokens, and appends the new ones.
    /// </summary>
    /// <param name="tokens">The text of each id.</param>
    /// <param name="vocabSize">The most tokens there may be.</param>
    /// <param name="forbidden">Texts that no merge may spell: a special token must not come out of plain text.</param>
    public List<(int Left, int Right)> Search(List<string> tokens, int vocabSize, HashSet<string> forbidden)
    {
        // "ab" + "c" and "a" + "bc" spell one token: the second merge leads to the id of the first.
        Dictionary<string, int> ids = tokens.Index().ToDictionary(token => token.Item, token => token.Index);
        OrderedDictionary<(int Left, int Right), int> merges = [];
        while (tokens.Count < vocabSize && queue.TryDequeue(out (int Left, int Right) pair, out (long MinusCount, int, int) priority))
        {
            long count = counts.GetValueOrDefault(pair);
            string merged = tokens[pair.Left] + tokens[pair.Right];
            if (count != -priority.MinusCount || forbidden.Contains(merged))
            {
                continue; // An outdated offer: the current one was queued when the count changed.
            }
            if (count < 2)
            {
                break;
            }
            if (ids.TryAdd(merged, tokens.Count))
            {
                tokens.Add(merged);
            }
            merges.TryAdd(pair, ids[merged]);
            Apply(pair, ids[merged]);
        }
        return [.. merges.Keys];
    }

    private void Apply((int Left, int Right) pair, int merged)
    {
        HashSet<(int Left, int Right)> changed = [];
        foreach (int word in wordsWith[pair].ToArray())
        {
            Note(word);
            CountPairs(word, sign: -1);
            words[word] = (Replace(words[word].Symbols, pair, merged), words[word].Count);
            CountPairs(word, sign: 1);
            Note(word);
        }
        foreach ((int Left, int Right) other in changed)
        {
            Offer(other);
        }

        void Note(int word) => changed.UnionWith(words[word].Symbols.Zip(words[word].Symbols.Skip(1)));
    }

    private static int[] Replace(int[] symbols, (int Left, int Right) pair, int merged)
    {
        List<int> result = new(symbols.Length);
        for (int i = 0; i < symbols.Length; i++)
        {
            bool found = i + 1 < symbols.Length && (symbols[i], symbols[i + 1]) == pair;
            result.Add(found ? merged : symbols[i]);
            i += found ? 1 : 0;
        }
        return [.. result];
    }

    private void CountPairs(int word, int sign)
    {
        (int[] symbols, long count) = words[word];
        for (int i = 1; i < symbols.Length; i++)
        {
            (int, int) pair = (symbols[i - 1], symbols[i]);
            counts[pair] = counts.GetValueOrDefault(pair) + (sign * count);
            if (!wordsWith.TryGetValue(pair, out HashSet<int>? owners))
            {
                wordsWith[pair] = owners = [];
            }
            _ = sign > 0 ? owners.Add(word) : owners.Remove(word);
        }
    }

    private void Offer((int Left, int Right) pair)
    {
        if (counts.GetValueOrDefault(pair) is > 0 and var count)
        {
            queue.Enqueue(pair, (-count, pair.Left, pair.Right));
        }
    }
}
