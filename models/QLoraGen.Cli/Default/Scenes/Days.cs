using QLoraGen.Data;
using static QLoraGen.Cli.Default.Words;

namespace QLoraGen.Cli.Default.Scenes;

/// <summary>Plain days: going somewhere, looking for something, feeding the animals.</summary>
public static class Days
{
    /// <summary>Two people go out and eat.</summary>
    public static string Outing(SeededRandom random)
    {
        Person[] people = random.Different(2, People);
        string[] foods = random.Different(2, Foods);
        (string place, string day, string mood) = (random.Pick(Places), random.Pick(Words.Days), random.Pick(Moods));
        string end = random.Below(3) switch
        {
            0 => $"\"The {foods[1]} is good,\" said {people[1].Name}. \"My {foods[0]} is better!\" said {people[0].Name}.",
            1 => $"Then the {random.Pick(Trades)} of the {place} came in, and they all had {foods[0]} and {foods[1]}.",
            _ => $"On the way home from the {place} {people[0].Name} was {mood}, but {people[1].Name} was not {mood}.",
        };
        return $"On {day} {people[0].Name} and {people[1].Name} went to the {place}. " +
            $"It was {random.Pick(Weathers)} that {random.Pick(Hours)}. " +
            $"{people[0].Name} had {foods[0]}, and {people[1].Name} had {foods[1]}. {end}";
    }

    /// <summary>A thing is hidden, looked for in the wrong place, and found where it was.</summary>
    public static string Search(SeededRandom random)
    {
        Person[] people = random.Different(2, People);
        string[] spots = random.Different(2, Spots);
        string thing = $"{random.Pick(Sizes)} {random.Pick(Items).One}";
        string end = random.Chance(50)
            ? $"Then {people[1].Name} looked {spots[0]}, and there was the {thing}."
            : $"\"Where is the {thing}?\" asked {people[1].Name}. \"It is {spots[0]}, not {spots[1]},\" said {people[0].Name}.";
        return $"{people[0].Name} put the {thing} {spots[0]}. {people[1].Name} looked {spots[1]}, but the {thing} was not there. {end}";
    }

    /// <summary>Animals of a farm, counted twice.</summary>
    public static string Animals(SeededRandom random)
    {
        Noun[] animals = random.Different(2, Words.Animals);
        int[] counts = [2 + random.Below(11), 2 + random.Below(11)];
        Person who = random.Pick(People);
        string mood = random.Pick(Moods);
        return $"{who.Name} the farmer has {Numbers[counts[0]]} {animals[0].Many} and {Numbers[counts[1]]} {animals[1].Many}. " +
            $"One {animals[0].One} is {mood}. " +
            $"\"Are all {Numbers[counts[0]]} {animals[0].Many} {mood}?\" asked the {random.Pick(Trades)}. " +
            $"\"No, one of {counts[0]}. And I have {counts[1]} {animals[1].Many} too,\" said {who.Name}.";
    }
}
