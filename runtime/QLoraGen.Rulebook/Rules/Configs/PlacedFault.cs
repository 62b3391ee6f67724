using QLoraGen.Json;

namespace QLoraGen.Rules;

/// <summary>A fault of a file of settings and where it stands there.</summary>
/// <param name="Fault">What is wrong.</param>
/// <param name="Start">First character, from the start of the file.</param>
/// <param name="Length">Characters.</param>
public sealed record PlacedFault(Fault Fault, int Start, int Length)
{
    /// <summary>A fault of a value.</summary>
    public static PlacedFault On(JsonNode value, Fault fault) => new(fault, value.Start, value.Length);

    /// <summary>A fault of a name.</summary>
    public static PlacedFault On(JsonMember member, Fault fault) => new(fault, member.Start, member.Length);

    /// <summary>A fault of something that is not there: on the bracket that opens the object.</summary>
    public static PlacedFault OnBracket(JsonNode value, Fault fault) => new(fault, value.Start, 1);

    /// <summary>
    /// A fault on the value of its <see cref="Fault.Field"/>; on the name of a pattern's entry where that is at fault.
    /// </summary>
    public static PlacedFault ByField(JsonNode root, Fault fault)
    {
        int dot = fault.Field.IndexOf('.');
        if (dot > 0 && fault.Rule != RankIsBelowOne.Rule && fault.Rule != AlphaIsNotPositive.Rule && fault.Rule != RankIsNotBelowSizes.Rule
            && root[fault.Field.Substring(0, dot)]?.Members.FirstOrDefault(member => member.Name == fault.Field.Substring(dot + 1)) is { } entry)
        {
            return On(entry, fault);
        }
        // A list of one may be written as that one: layers_to_transform as a number.
        return fault.Field.Length > 0 && (root.At(fault.Field) ?? root[fault.Field.Split('[')[0]]) is { } value ? On(value, fault) : OnBracket(root, fault);
    }

    /// <summary>As an error at run time shows it: <c>PATH(line,column): QLG301: r is 0: ...</c>, lines and columns counted from 1.</summary>
    public string In(string path, string text)
    {
        int line = 1, column = 1;
        for (int i = 0; i < Start && i < text.Length; i++)
        {
            (line, column) = text[i] == '\n' ? (line + 1, 1) : (line, column + 1);
        }
        return $"{path}({line},{column}): {Fault}";
    }
}
