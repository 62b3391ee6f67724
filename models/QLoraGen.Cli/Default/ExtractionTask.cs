using QLoraGen.Data;
using QLoraGen.Cli.Default.Scenes;
using static QLoraGen.Cli.Default.Words;

namespace QLoraGen.Cli.Default;

/// <summary>One row of an instruction file: what the model is given and what it must answer.</summary>
public readonly record struct InstructionRow(string Prompt, string Completion);

/// <summary>
/// Free text to JSON: a scene about two people, the name of one, and the record of that one:
/// <c>{"who":"Mia","count":3,"color":"red","item":"apple","day":"Mon"}</c>. The model has to find whose details were
/// asked for, copy them, turn the number word into a digit, the plural into the singular and the day into its
/// abbreviation. The two people's counts, colors and nouns differ, and a scene has one day, so one answer is right.
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
        Rows(TrainingStream, count, (asked, other) => !IsReserved(asked) && !IsReserved(other));

    /// <summary>Different rows to be examined on.</summary>
    public IEnumerable<InstructionRow> HeldOut(int count) => Rows(HeldOutStream, count, (asked, _) => IsReserved(asked));

    /// <summary>True for the triples that only held-out rows ask for.</summary>
    public static bool IsReserved(Thing thing)
    {
        int counted = (thing.Count * Colors.Length) + Array.IndexOf(Colors, thing.Color);
        int triple = (counted * Items.Length) + Array.IndexOf(Items, thing.Noun);
        return SeededRandom.Mix((ulong)triple) % 10 == 0;
    }

    private IEnumerable<InstructionRow> Rows(ulong stream, int count, Func<Thing, Thing, bool> accepts)
    {
        HashSet<string> prompts = [];
        for (ulong attempt = 0; prompts.Count < count; attempt++)
        {
            SeededRandom random = SeededRandom.At(SeededRandom.Mix(seed) + stream, attempt);
            Fact[] facts = Fact.Different(random, 2);
            int asked = random.Below(2);
            if (!accepts(facts[asked].What, facts[1 - asked].What))
            {
                continue;
            }
            string day = random.Pick(Words.Days);
            string prompt = $"{Dealings.Told(random, day, facts[0], facts[1])}\nRecord of {facts[asked].Who.Name}:\n";
            if (prompts.Add(prompt))
            {
                yield return new(prompt, Record(facts[asked], day));
            }
        }
    }

    // The values are plain words of the closed vocabulary: nothing in them needs escaping.
    private static string Record(Fact fact, string day)
    {
        (string who, int count, string color, string item) = (fact.Who.Name, fact.What.Count, fact.What.Color, fact.What.Noun.One);
        return $$"""{"who":"{{who}}","count":{{count}},"color":"{{color}}","item":"{{item}}","day":"{{Short(day)}}"}""";
    }
}
