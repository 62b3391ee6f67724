using QLoraGen.Data;
using QLoraGen.Cli.Default.Scenes;
using static QLoraGen.Cli.Default.Words;

namespace QLoraGen.Cli.Default;

/// <summary>One row of an instruction file: what the model is given and what it must answer.</summary>
public readonly record struct InstructionRow(string Prompt, string Completion);

/// <summary>
/// Free text to a record: a scene, then its details under fixed keys, one a line: <c>who: Mia</c>, <c>count: three</c>,
/// <c>color: red</c>, <c>item: apples</c>, <c>day: Monday</c>. The model has to find each detail, wherever the scene
/// tells it, and to leave out the rest.
/// </summary>
/// <remarks>
/// A tenth of all (count, color, noun) triples is reserved: held-out rows ask for reserved triples only, training rows
/// never mention one. Held-out answers cannot be remembered, whatever the seed and the number of rows.
/// </remarks>
public sealed class ExtractionTask(ulong seed)
{
    private const ulong TrainingStream = 1, HeldOutStream = 2;

    /// <summary>Different rows to train on.</summary>
    public IEnumerable<InstructionRow> Training(int count) =>
        Rows(TrainingStream, count, static thing => !IsReserved(thing));

    /// <summary>Different rows to be examined on.</summary>
    public IEnumerable<InstructionRow> HeldOut(int count) => Rows(HeldOutStream, count, IsReserved);

    /// <summary>True for the triples that only held-out rows ask for.</summary>
    public static bool IsReserved(Thing thing)
    {
        int counted = (thing.Count * Colors.Length) + Array.IndexOf(Colors, thing.Color);
        int triple = (counted * Items.Length) + Array.IndexOf(Items, thing.Noun);
        return SeededRandom.Mix((ulong)triple) % 10 == 0;
    }

    private IEnumerable<InstructionRow> Rows(ulong stream, int count, Func<Thing, bool> accepts)
    {
        HashSet<string> prompts = [];
        for (ulong attempt = 0; prompts.Count < count; attempt++)
        {
            SeededRandom random = SeededRandom.At(SeededRandom.Mix(seed) + stream, attempt);
            Fact fact = Fact.Different(random, 1)[0];
            if (!accepts(fact.What))
            {
                continue;
            }
            string day = random.Pick(Words.Days);
            string prompt = $"{Retellings.Told(random, day, fact)}\nRecord:\n";
            if (prompts.Add(prompt))
            {
                yield return new(prompt, Record(fact, day));
            }
        }
    }

    private static string Record(Fact fact, string day) =>
        $"who: {fact.Who.Name}\ncount: {fact.What.Number}\ncolor: {fact.What.Color}\nitem: {fact.What.Name}\nday: {day}";
}
