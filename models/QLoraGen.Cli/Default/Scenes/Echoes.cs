using QLoraGen.Data;
using static QLoraGen.Cli.Default.Words;

namespace QLoraGen.Cli.Default.Scenes;

/// <summary>Something said twice: the purest lesson in copying from the context.</summary>
public static class Echoes
{
    /// <summary>Words of one kind, repeated by a second person, in prose or with quotation marks around each.</summary>
    public static string List(SeededRandom random)
    {
        int count = 3 + random.Below(3);
        string[] words = random.Below(8) switch
        {
            0 => random.Different(count, Colors),
            1 => [.. random.Different(count, People).Select(p => p.Name)],
            2 => [.. random.Different(count, Items).Select(n => n.One)],
            3 => random.Different(count, Foods),
            4 => random.Different(count, Places),
            5 => [.. random.Different(count, Words.Days).Select(Short)],
            6 => [.. random.Different(count, Items).Select(n => n.Many)],
            _ => random.Different(count, Numbers),
        };
        Person[] people = random.Different(2, People);
        string said = string.Join(", ", words);
        string again = random.Below(5) switch
        {
            0 => $"\"{Capital(said)},\" said {people[1].Name} again.",
            1 => $"{people[1].Name} wrote: \"{string.Join("\",\"", words)}\".",
            2 => $"{people[1].Name} wrote: {string.Join('/', words)}.",
            3 => $"{people[1].Name} wrote: \"{string.Join("\":\"", words)}\".",
            _ => $"{people[1].Name} wrote:\n{string.Join('\n', words.Select((w, i) => $"{i + 1}. {w}"))}",
        };
        return $"\"{Capital(said)},\" said {people[0].Name}. {again}";
    }

    /// <summary>A secret of any ASCII characters but the blank, read out and copied, so that no character stays unseen.</summary>
    public static string Code(SeededRandom random)
    {
        Span<char> code = stackalloc char[3 + random.Below(4)];
        foreach (ref char c in code)
        {
            c = (char)('!' + random.Below('~' - '!' + 1));
        }
        Person[] people = random.Different(2, People);
        return $"{people[0].Name} read the code of the {random.Pick(Colors)} {random.Pick("door", "box", "safe")}: " +
            $"{code} and {people[1].Name} wrote it down: {code}";
    }
}
