using QLoraGen.Data;
using static QLoraGen.Cli.Default.Words;

namespace QLoraGen.Cli.Default.Scenes;

/// <summary>
/// What people of the small world write down: counts, stock, notices, letters, hours.
/// </summary>
public static class Papers
{
    /// <summary>A told scene and one detail of each person in short form.</summary>
    public static string Tally(SeededRandom random)
    {
        Fact[] facts = Fact.Different(random, random.Chance(75) ? 2 : 3);
        string day = random.Pick(Words.Days);
        string told = Dealings.Told(random, day, facts[0], facts[1]) + (facts.Length > 2 ? $" {facts[2].Clause}." : "");
        random.Different<Fact>(facts.Length, facts).CopyTo(facts, 0);
        (string title, Func<Fact, string> detail) = random.Below(5) switch
        {
            0 => ("Count", fact => $"{fact.What.Count}"),
            1 => ("Color", fact => fact.What.Color),
            2 => ("Item", fact => fact.What.Noun.One),
            3 => ("List", fact => $"{fact.What.Count} {fact.What.Color} {fact.What.Noun.One}"),
            _ => ("Days", (Func<Fact, string>)(_ => Short(day))),
        };
        return random.Chance(50)
            ? $"{told} {title}:{string.Join(';', facts.Select(f => $"{f.Who.Name}={detail(f).Replace(' ', '/')}"))}."
            : $"{told}\n{title}:\n{string.Join('\n', facts.Select(f => $"- {f.Who.Name}: {detail(f)}"))}";
    }

    /// <summary>A shelf of stock, and what somebody takes from it.</summary>
    public static string Inventory(SeededRandom random)
    {
        Thing[] things = Thing.Different(random, 2 + random.Below(3));
        Thing taken = random.Pick<Thing>(things);
        string name = random.Pick(People).Name;
        string lines = random.Chance(60)
            ? $"Inventory: {string.Join("; ", things.Select(t => t.Counted))}."
            : $"Inventory:\n{string.Join('\n', things.Select(t => $"- {t.Counted}"))}\n";
        string end = random.Below(4) switch
        {
            0 => $"{name} took all the {taken.Noun.Many}: {taken.Counted}.",
            1 => $"\"How many {taken.Noun.Many}?\" asked {name}. \"{Capital(taken.Number)}, all {taken.Color}.\"",
            2 => $"In short: {string.Join(", ", things.Select(t => $"{t.Count} {t.Noun.One}"))}.",
            _ => $"Each {taken.Noun.One} is {taken.Color} and costs ${1 + random.Below(9)}.{random.Below(10)}0.",
        };
        return lines.EndsWith('\n') ? lines + end : $"{lines} {end}";
    }

    /// <summary>Something lost or for sale, with a telephone number to repeat.</summary>
    public static string Notice(SeededRandom random)
    {
        Person owner = random.Pick(People);
        string thing = $"{random.Pick(Sizes)} {random.Pick(Colors)} {random.Pick(Items).One}";
        string call = $"555-0{100 + random.Below(100)}";
        return random.Chance(50)
            ? $"Notice: lost at the {random.Pick(Places)}, one {thing}. Call {owner.Name} at {call}. " +
              $"If you see the {thing}, please call {call}. Thank you! {owner.Name}"
            : $"For sale: {thing}, ${5 * (1 + random.Below(19))}. Ask {owner.Name} the {random.Pick(Trades)}, {call}. " +
              $"{owner.Name} is at {call} all day & night.";
    }

    /// <summary>A short letter.</summary>
    public static string Letter(SeededRandom random)
    {
        Person[] people = random.Different(2, People);
        Thing thing = Thing.Different(random, 1)[0];
        (string day, string place) = (random.Pick(Words.Days), random.Pick(Places));
        return $"Dear {people[0].Name},\nI am {random.Pick(Moods)} at the {place}. Please bring {thing.Counted} on {day}. " +
            $"The {thing.Colored} must be {random.Pick(Spots)} ({random.Pick("not far", "look well", "I hope")}). " +
            $"So: {Short(day)}, the {place}, {thing.Count} {thing.Name}.\nYour {random.Pick(Kin)} {people[1].Name}";
    }

    /// <summary>Opening hours, and somebody who comes in or out of time.</summary>
    public static string Timetable(SeededRandom random)
    {
        string place = random.Pick(Places);
        string[] days = random.Different(3, Words.Days);
        string opens = $"{6 + random.Below(4)}:{random.Below(6)}{random.Pick(0, 5)}";
        Person who = random.Pick(People);
        string question = random.Pick("Is it open?", "What time is it?");
        return $"The {place} is open {Short(days[0])}, {Short(days[1])} and {Short(days[2])} from {opens}. " +
            $"{who.Name} came on {days[random.Below(3)]} at {opens}. " +
            $"\"{question}\" asked {who.Name}. \"Yes, it is {opens},\" said the {random.Pick(Trades)}.";
    }
}
