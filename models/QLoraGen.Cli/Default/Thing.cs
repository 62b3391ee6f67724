using QLoraGen.Data;
using static QLoraGen.Cli.Default.Words;

namespace QLoraGen.Cli.Default;

/// <summary>So many of something in one color: the detail that scenes state once and come back to.</summary>
public readonly record struct Thing(int Count, string Color, Noun Noun)
{
    /// <summary>The most of anything that a scene counts: one digit.</summary>
    public const int MaxCount = 9;

    /// <summary>three red apples</summary>
    public string Counted => $"{Number} {Color} {Name}";

    /// <summary>red apples</summary>
    public string Colored => $"{Color} {Name}";

    /// <summary>The noun in the number of the count.</summary>
    public string Name => Count == 1 ? Noun.One : Noun.Many;

    /// <summary>The count as a word.</summary>
    public string Number => Numbers[Count];

    /// <summary>was or were.</summary>
    public string Was => Count == 1 ? "was" : "were";

    /// <summary>Things that differ from each other in count, color and noun, so that a question about one has one answer.</summary>
    public static Thing[] Different(SeededRandom random, int count)
    {
        Noun[] nouns = random.Different(count, Items);
        string[] colors = random.Different(count, Colors);
        int[] counts = random.Different(count, [.. Enumerable.Range(1, MaxCount)]);
        return [.. nouns.Select((noun, i) => new Thing(counts[i], colors[i], noun))];
    }
}
