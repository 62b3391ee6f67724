using QLoraGen.Data;
using static QLoraGen.Cli.Default.Words;

namespace QLoraGen.Cli.Default.Scenes;

/// <summary>Two people, each with things of their own, and a line that asks for one of them: whose was what.</summary>
public static class Dealings
{
    /// <summary>The facts, told in the order and with the openings that instruction rows use as well.</summary>
    public static string Told(SeededRandom random, string day, Fact first, Fact second) => random.Below(5) switch
    {
        0 => $"It was {day}. {first.Clause}. {second.Clause}.",
        1 => $"It was {A(random.Pick(Weathers))} {day}. {first.Clause}, and {second.Clause}.",
        2 => $"On {day} {first.Clause}. The same day {second.Clause}.",
        3 => $"It was {day} at the {random.Pick(Places)}. {first.Clause}. {second.Clause}.",
        _ => $"On {day} {random.Pick(Hours)} {first.Clause}, and {second.Clause}.",
    };

    /// <summary>The narrator comes back to one of the two.</summary>
    public static string Recalled(SeededRandom random)
    {
        (string told, string day, Fact fact, Fact second) = Open(random);
        (string name, Thing thing) = (fact.Who.Name, fact.What);
        (string other, Thing others) = (second.Who.Name, second.What);
        string recalled = random.Below(7) switch
        {
            0 => $"So {name} had {thing.Counted}, and {other} had {others.Counted}.",
            1 => $"The {thing.Name} of {name} {thing.Was} {thing.Color}, and the {others.Name} of {other} {others.Was} {others.Color}.",
            2 => $"{name} put the {thing.Colored} {random.Pick(Spots)}. {other} put the {others.Colored} {random.Pick(Spots)}.",
            3 => $"At night {name} counted: {thing.Number} {thing.Name}, all {thing.Color}.",
            4 => $"{name} was {random.Pick(Moods)} with the {thing.Colored}. Each {thing.Noun.One} was {thing.Color}.",
            5 => $"What did {name} have? {Capital(thing.Counted)}. When was it? {day}.",
            _ => $"{name} took {thing.Count} {thing.Name} home. {other} took {others.Count} {others.Name} home.",
        };
        return $"{told} {recalled}";
    }

    /// <summary>A third person asks, one of them or both answer.</summary>
    public static string Asked(SeededRandom random)
    {
        (string told, string day, Fact fact, Fact other) = Open(random);
        Thing thing = fact.What;
        string name = fact.Who.Name;
        string asker = random.Pick(People.Where(p => p != fact.Who && p != other.Who).ToArray()).Name;
        (string question, string answer) = random.Below(8) switch
        {
            0 => ($"What did {name} {fact.Did.Plain}?", $"{Capital(thing.Counted)},"),
            1 => ($"How many {thing.Noun.Many} did {name} {fact.Did.Plain}?", $"{Capital(thing.Number)},"),
            2 => ($"What color {thing.Was} the {thing.Name} of {name}?", $"{Capital(thing.Color)},"),
            3 => ($"Who {fact.Did.Past} the {thing.Name}?", $"{name},"),
            4 => ($"Who had the {thing.Color} item?", $"{name},"),
            5 => ($"Which item did {name} {fact.Did.Plain}?", $"The {thing.Noun.One},"),
            6 => ($"What is the count for {name}?", $"{thing.Count},"),
            _ => ($"Which day did {name} {fact.Did.Plain} the {thing.Name}?", $"{day},"),
        };
        return $"{told} \"{question}\" asked {asker}. \"{answer}\" said {random.Pick(fact.Who.Name, other.Who.Name)}.";
    }

    /// <summary>Two of a kind, told apart by color or size.</summary>
    public static string Compared(SeededRandom random)
    {
        string noun = random.Pick(Items).One;
        string[] colors = random.Different(2, Colors);
        string[] sizes = random.Different(2, Sizes);
        Person[] people = random.Different(2, People);
        int i = random.Below(2);
        string end = random.Chance(50)
            ? $"{people[0].Name} took the {sizes[i]} {noun}. It was {colors[i]}. " +
              $"{people[1].Name} took the {sizes[1 - i]} {noun}. It was {colors[1 - i]}."
            : $"\"I like the {colors[i]} {noun},\" said {people[0].Name}. \"The {sizes[i]} one?\" asked {people[1].Name}.";
        return $"The {colors[0]} {noun} was {sizes[0]}, and the {colors[1]} {noun} was {sizes[1]}. {end}";
    }

    /// <summary>A thing changes hands.</summary>
    public static string Given(SeededRandom random)
    {
        Person[] people = random.Different(3, People);
        (string giver, string taker, string asker) = (people[0].Name, people[1].Name, people[2].Name);
        string thing = $"{random.Pick(Colors)} {(random.Chance(50) ? random.Pick(Materials) + " " : "")}{random.Pick(Items).One}";
        string kin = random.Pick(Kin);
        string end = random.Below(3) switch
        {
            0 => $"Now {taker} has the {thing}, and {giver} has none.",
            1 => $"\"Who has the {thing} now?\" asked {asker}. \"{taker}, the {kin} of {giver},\" said {giver}.",
            _ => $"{taker} thanked {giver} and put the {thing} {random.Pick(Spots)}.",
        };
        return $"{giver} had {A(thing)}. {people[0].They} gave the {thing} to {people[0].Their} {kin} {taker}. {end}";
    }

    private static (string Told, string Day, Fact Fact, Fact Other) Open(SeededRandom random)
    {
        Fact[] facts = Fact.Different(random, 2);
        string day = random.Pick(Words.Days);
        int asked = random.Below(2);
        return (Told(random, day, facts[0], facts[1]), day, facts[asked], facts[1 - asked]);
    }
}
