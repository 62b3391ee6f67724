namespace QLoraGen;

/// <summary>The name a misspelled one was probably meant to be.</summary>
internal static class Nearest
{
    private const int LongestCompared = 256;

    /// <summary>
    /// The candidate with the fewest letters to insert, delete or change (Levenshtein), or null where more than half would have to be.
    /// </summary>
    public static string? To(string name, IEnumerable<string> candidates)
    {
        string? best = null;
        int bestDistance = name.Length / 2 + 1;
        foreach (string candidate in candidates)
        {
            // The distance is never below the difference in length; names past the limit come from no model.
            if (candidate.Length <= LongestCompared && name.Length <= LongestCompared
                && Math.Abs(candidate.Length - name.Length) < bestDistance
                && Distance(name, candidate) is var distance && distance < bestDistance)
            {
                (best, bestDistance) = (candidate, distance);
            }
        }
        return best;
    }

    /// <summary>Letters to insert, delete or change.</summary>
    public static int Distance(string a, string b)
    {
        int[] row = new int[b.Length + 1];
        for (int j = 0; j <= b.Length; j++)
        {
            row[j] = j;
        }
        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int changed = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(changed, Math.Min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.Length];
    }
}
