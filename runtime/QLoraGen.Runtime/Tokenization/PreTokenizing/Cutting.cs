namespace QLoraGen.Tokenization;

/// <summary>Cuts a text at the matches of a pattern.</summary>
internal static class Cutting
{
    /// <summary>Appends the words of a text; none of them is empty.</summary>
    /// <param name="piece">The text.</param>
    /// <param name="matches">Where each match begins and ends, in order.</param>
    /// <param name="behavior">What becomes of them.</param>
    /// <param name="invert">Whether what lies between them counts as matches instead.</param>
    /// <param name="words">Where the words go.</param>
    public static void Cut(
        TextPiece piece, List<(int Start, int End)> matches, SplitBehavior behavior, bool invert, List<TextPiece> words)
    {
        int first = words.Count;
        List<(int Start, int End, bool IsMatch)> runs = Runs(piece.Text.Length, matches, invert);
        foreach ((int start, int end) in behavior switch
        {
            SplitBehavior.Removed => runs.Where(static run => !run.IsMatch).Select(static run => (run.Start, run.End)),
            SplitBehavior.Isolated => runs.Select(static run => (run.Start, run.End)),
            _ => Merge(runs, behavior),
        })
        {
            if (end > start)
            {
                words.Add(new(piece.Text[start..end], start == 0 && words.Count == first ? piece.Start : TextStart.Later));
            }
        }
    }

    private static List<(int Start, int End, bool IsMatch)> Runs(int length, List<(int Start, int End)> matches, bool invert)
    {
        List<(int Start, int End, bool IsMatch)> runs = new((2 * matches.Count) + 1);
        int from = 0;
        foreach ((int start, int end) in matches)
        {
            if (start > from)
            {
                runs.Add((from, start, invert));
            }
            runs.Add((start, end, !invert));
            from = end;
        }
        if (from < length)
        {
            runs.Add((from, length, invert));
        }
        return runs;
    }

    private static List<(int Start, int End)> Merge(List<(int Start, int End, bool IsMatch)> runs, SplitBehavior behavior)
    {
        List<(int Start, int End)> merged = new(runs.Count);
        for (int i = 0; i < runs.Count; i++)
        {
            bool joins = i > 0 && behavior switch
            {
                SplitBehavior.Contiguous => runs[i].IsMatch == runs[i - 1].IsMatch,
                SplitBehavior.MergedWithPrevious => runs[i].IsMatch && !runs[i - 1].IsMatch,
                // Seen from the end: a match joins what follows it unless that is a match too.
                _ => runs[i - 1].IsMatch && !runs[i].IsMatch,
            };
            if (joins)
            {
                merged[^1] = (merged[^1].Start, runs[i].End);
            }
            else
            {
                merged.Add((runs[i].Start, runs[i].End));
            }
        }
        return merged;
    }
}
