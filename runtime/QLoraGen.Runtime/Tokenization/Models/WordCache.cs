using System.Collections.Concurrent;

namespace QLoraGen.Tokenization;

/// <summary>The ids of short words that were met before, shared between threads and bounded in size.</summary>
internal sealed class WordCache
{
    private const int MostWords = 65_536, LongestWord = 64;

    private readonly ConcurrentDictionary<string, int[]> words = new();
    private int count;

    /// <summary>Appends the ids of a word that was met before.</summary>
    public bool TryAppend(ReadOnlySpan<char> word, List<int> ids)
    {
        if (word.Length > LongestWord || !words.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(word, out int[]? known))
        {
            return false;
        }
        ids.AddRange(known);
        return true;
    }

    /// <summary>Keeps a word's ids while there is room.</summary>
    public void Keep(ReadOnlySpan<char> word, ReadOnlySpan<int> ids)
    {
        if (word.Length <= LongestWord && Volatile.Read(ref count) < MostWords && words.TryAdd(word.ToString(), ids.ToArray()))
        {
            Interlocked.Increment(ref count);
        }
    }
}
