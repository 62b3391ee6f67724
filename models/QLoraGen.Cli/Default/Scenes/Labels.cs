using QLoraGen.Data;
using static QLoraGen.Cli.Default.Words;

namespace QLoraGen.Cli.Default.Scenes;

/// <summary>
/// Labels that somebody sticks on things. They name details without a space before the word, numbers as digits and
/// things in the singular, none of which prose does, and they use up brackets and quotation marks: a model whose
/// embeddings stay frozen in a fine-tune can only write what they hold already. None has the fields of a record of
/// <see cref="ExtractionTask"/> one a line.
/// </summary>
public static class Labels
{
    /// <summary>A told scene about two people, and the label of one of them.</summary>
    public static string Tagged(SeededRandom random)
    {
        Fact[] facts = Fact.Different(random, 2);
        string day = random.Pick(Words.Days);
        int labeled = random.Below(2);
        Fact fact = facts[labeled];
        string tag = random.Chance(50) ? Values(random, fact, Short(day)) : Fields(random, fact, Short(day));
        char between = random.Pick(' ', '\n'); // most tokenizers hold a blank and the bracket after it as one token
        string end = random.Chance(50) ? $" and {facts[1 - labeled].Who.Name} read it." : "";
        return $"{Dealings.Told(random, day, facts[0], facts[1])} " +
            $"The {random.Pick("tag", "label", "card")} of {fact.Who.Name} said:{between}{tag}{end}";
    }

    private static string Values(SeededRandom random, Fact fact, string day)
    {
        (string name, int count, string color, string item) = (fact.Who.Name, fact.What.Count, fact.What.Color, fact.What.Noun.One);
        return random.Below(9) switch
        {
            0 => $"{{{item}: {color}}}",
            1 => $"[{name}/{count}/{color}/{item}]",
            2 => $"\"{name}\",\"{color}\",\"{item}\"",
            3 => $"{{\"{item}\":\"{color}\"}}",
            4 => $"{{\"{name}\":\"{item}\",\"{day}\":{count}}}",
            5 => $"{{\"{color}\":{count},\"{name}\":\"{day}\"}}",
            6 => $"#{item} #{color} #{count}",
            7 => $"({day}) {count} x {color}-{item}",
            _ => $"<{name}> {count} \"{color}\" \"{item}\" {day}",
        };
    }

    private static string Fields(SeededRandom random, Fact fact, string day)
    {
        string[] fields =
        [
            $"who:{fact.Who.Name}", $"count:{fact.What.Count}", $"color:{fact.What.Color}", $"item:{fact.What.Noun.One}", $"day:{day}",
        ];
        fields = random.Different(1 + random.Below(3), fields);
        return random.Below(4) switch
        {
            0 => $"{{{string.Join(',', fields)}}}",
            1 => $"[{string.Join(' ', fields)}]",
            2 => string.Join(',', fields.Select(field => field.Replace(':', '='))),
            _ => string.Join(',', fields.Select(field => field.Replace(":", ":\"") + '"')),
        };
    }
}
