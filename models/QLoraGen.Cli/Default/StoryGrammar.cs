using QLoraGen.Data;
using QLoraGen.Cli.Default.Scenes;

namespace QLoraGen.Cli.Default;

/// <summary>
/// Everyday scenes of a small world in plain English, without end: scene n of a seed is always the same text. Most
/// scenes come back to details that they gave earlier, so that a model of them learns to look things up in its context.
/// The records of <see cref="ExtractionTask"/> never occur.
/// </summary>
public sealed class StoryGrammar(ulong seed)
{
    // (weight, scene): the weights are percent.
    private static readonly (int Weight, Func<SeededRandom, string> Write)[] kinds =
    [
        (70, Retellings.Retold), (4, Dealings.Recalled), (3, Dealings.Asked), (2, Dealings.Compared), (2, Dealings.Given),
        (2, Papers.Tally), (3, Labels.Tagged), (2, Papers.Inventory), (1, Papers.Notice), (1, Papers.Letter), (1, Papers.Timetable),
        (4, Echoes.List), (1, Echoes.Code), (2, Days.Outing), (1, Days.Search), (1, Days.Animals),
    ];

    /// <summary>One scene: a line, or a few in a list; it ends without a line feed.</summary>
    public string Scene(long index)
    {
        SeededRandom random = SeededRandom.At(seed, (ulong)index);
        int rest = random.Below(kinds.Sum(kind => kind.Weight));
        foreach ((int weight, Func<SeededRandom, string> write) in kinds)
        {
            if ((rest -= weight) < 0)
            {
                return write(random);
            }
        }
        throw new InvalidOperationException("the weights do not add up to their sum");
    }

    /// <summary>The first scenes.</summary>
    public IEnumerable<string> Scenes(int count) => Enumerable.Range(0, count).Select(i => Scene(i));
}
