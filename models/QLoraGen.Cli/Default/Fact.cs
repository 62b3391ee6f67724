using QLoraGen.Data;
using static QLoraGen.Cli.Default.Words;

namespace QLoraGen.Cli.Default;

/// <summary>Who did what to which thing.</summary>
public readonly record struct Fact(Person Who, Verb Did, Thing What)
{
    /// <summary>Mia bought three red apples (no full stop).</summary>
    public string Clause => $"{Who.Name} {Did.Past} {What.Counted}";

    /// <summary>Facts about different people and different things.</summary>
    public static Fact[] Different(SeededRandom random, int count)
    {
        Person[] people = random.Different(count, People);
        Thing[] things = Thing.Different(random, count);
        return [.. people.Select((who, i) => new Fact(who, random.Pick(Verbs), things[i]))];
    }
}
