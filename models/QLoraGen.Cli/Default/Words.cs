namespace QLoraGen.Cli.Default;

/// <summary>Somebody in a scene.</summary>
public sealed record Person(string Name, bool IsMale)
{
    /// <summary>The pronoun that starts a sentence.</summary>
    public string They => IsMale ? "He" : "She";

    /// <summary>The possessive pronoun.</summary>
    public string Their => IsMale ? "his" : "her";
}

/// <summary>A noun in its two numbers.</summary>
public sealed record Noun(string One, string Many);

/// <summary>A verb that takes a thing, in the two forms that a narrator and a questioner need.</summary>
public sealed record Verb(string Past, string Plain);

/// <summary>
/// The closed vocabulary of the small world: about 400 short words, few enough for a tokenizer of 512 to 768 entries
/// to know most of them whole.
/// </summary>
public static class Words
{
    /// <summary>Sixteen people.</summary>
    public static Person[] People { get; } =
    [
        .. Split("Mia Zoe Amy Lily Rosa Kate Vera Emma", n => new Person(n, false)),
        .. Split("Tom Ben Leo Jack Hugo Finn Carl Luke", n => new Person(n, true)),
    ];

    /// <summary>Things that can be counted and painted.</summary>
    public static Noun[] Items { get; } =
    [
        .. Split("apple lamp cup hat book ball bag key coat sock shoe plate spoon bell boat kite chair ring drum rope pear " +
                 "flag bottle basket pencil stone", n => new Noun(n, n + "s")),
        new("box", "boxes"), new("brush", "brushes"), new("dish", "dishes"),
        new("knife", "knives"), new("leaf", "leaves"), new("berry", "berries"),
    ];

    /// <summary>Animals, for scenes that count living things.</summary>
    public static Noun[] Animals { get; } =
    [
        .. Split("cat dog hen goat horse duck cow owl bird", n => new Noun(n, n + "s")),
        new("fox", "foxes"), new("mouse", "mice"),
    ];

    /// <summary>What people do with things.</summary>
    public static Verb[] Verbs { get; } =
        Split("bought/buy found/find made/make sold/sell lost/lose packed/pack carried/carry painted/paint washed/wash kept/keep " +
              "drew/draw hid/hide wanted/want picked/pick broke/break fixed/fix brought/bring", v => new Verb(v.Split('/')[0], v.Split('/')[1]));

    /// <summary>Number words; the index is the number.</summary>
    public static string[] Numbers { get; } = Split("zero one two three four five six seven eight nine ten eleven twelve");

    /// <summary>Colors.</summary>
    public static string[] Colors { get; } = Split("red blue green white black brown pink gray gold yellow");

    /// <summary>Sizes and ages.</summary>
    public static string[] Sizes { get; } = Split("big small long short old new thin round tiny heavy");

    /// <summary>What a thing is made of, as it stands before the thing.</summary>
    public static string[] Materials { get; } = Split("wooden glass paper tin clay silk wool iron");

    /// <summary>Places that one can be "at the".</summary>
    public static string[] Places { get; } =
        Split("market park school station beach farm shop library harbor bridge office museum mill inn fair bakery zoo lake");

    /// <summary>Where in a house something lies.</summary>
    public static string[] Spots { get; } =
    [
        "under the bed", "behind the door", "on the shelf", "in the drawer", "by the window", "on the table", "under the stairs",
        "in the yard", "by the gate", "on the roof", "in the barn", "near the oven", "in the hall", "behind the wall",
    ];

    /// <summary>Days of the week; the first three letters are the abbreviation.</summary>
    public static string[] Days { get; } = Split("Monday Tuesday Wednesday Thursday Friday Saturday Sunday");

    /// <summary>Parts of a day.</summary>
    public static string[] Hours { get; } = Split("morning noon evening night");

    /// <summary>Weather.</summary>
    public static string[] Weathers { get; } = Split("cold warm windy rainy sunny foggy quiet busy");

    /// <summary>Moods.</summary>
    public static string[] Moods { get; } = Split("happy sad tired hungry angry proud shy calm");

    /// <summary>Food, which is not counted here.</summary>
    public static string[] Foods { get; } = Split("bread milk cheese soup rice tea honey salt fish cake butter corn");

    /// <summary>Trades.</summary>
    public static string[] Trades { get; } = Split("baker teacher doctor farmer sailor painter driver cook");

    /// <summary>Relations.</summary>
    public static string[] Kin { get; } = Split("sister brother mother father aunt uncle friend neighbor");

    /// <summary>A day as a calendar writes it: Monday is Mon.</summary>
    public static string Short(string day) => day[..3];

    /// <summary>The word with a capital letter, as a sentence begins.</summary>
    public static string Capital(string words) => char.ToUpperInvariant(words[0]) + words[1..];

    /// <summary>The word with the right indefinite article.</summary>
    public static string A(string words) => ("aeiou".Contains(words[0]) ? "an " : "a ") + words;

    private static string[] Split(string words) => words.Split(' ');

    private static T[] Split<T>(string words, Func<string, T> make) => [.. words.Split(' ').Select(make)];
}
