using QLoraGen.Data;
using static QLoraGen.Cli.Default.Words;

namespace QLoraGen.Cli.Default.Scenes;

/// <summary>
/// One person with one kind of thing on one day, told once and told again in other words. Every detail comes back, so
/// this is where a small model learns to look details up.
/// </summary>
public static class Retellings
{
    /// <summary>The fact, told with the openings that instruction rows use as well.</summary>
    public static string Told(SeededRandom random, string day, Fact fact) => random.Below(5) switch
    {
        0 => $"It was {day}. {fact.Clause}.",
        1 => $"It was {A(random.Pick(Weathers))} {day}, and {fact.Clause}.",
        2 => $"On {day} {fact.Clause}.",
        3 => $"It was {day} at the {random.Pick(Places)}. {fact.Clause}.",
        _ => $"On {day} {random.Pick(Hours)} {fact.Clause}.",
    };

    /// <summary>Told and told again.</summary>
    public static string Retold(SeededRandom random)
    {
        Fact fact = Fact.Different(random, 1)[0];
        string day = random.Pick(Words.Days);
        return $"{Told(random, day, fact)} {Again(random, day, fact)}";
    }

    private static string Again(SeededRandom random, string day, Fact fact)
    {
        (string name, Thing thing) = (fact.Who.Name, fact.What);
        string asker = random.Pick(People.Where(p => p != fact.Who).ToArray()).Name;
        return random.Below(7) switch
        {
            0 => $"So {name} had {thing.Counted} on {day}.",
            1 => $"So on {day} it was {name} with {thing.Counted}.",
            2 => $"\"Who had {thing.Counted} on {day}?\" asked {asker}. \"It was {name},\" said Mia.",
            3 => $"The {thing.Name} of {name} {thing.Was} {thing.Color}. The number was {thing.Number}. The day was {day}.",
            4 => $"{asker} wrote: {day}, {name}, {thing.Number}, {thing.Color}, {thing.Name}.",
            5 => $"{asker} wrote: {name}, {day}, {thing.Name}, {thing.Color}, {thing.Number}.",
            _ => $"{asker} read: {thing.Number} {thing.Color} {thing.Name}, from {name}, on {day}.",
        };
    }
}
