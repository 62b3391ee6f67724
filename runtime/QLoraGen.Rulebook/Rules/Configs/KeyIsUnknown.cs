using QLoraGen.Configs;
using QLoraGen.Json;

namespace QLoraGen.Rules;

/// <summary>A key that nobody reads, often a misspelled one: what it should set keeps its default, in silence.</summary>
public static class KeyIsUnknown
{
    /// <summary>The rule.</summary>
    public static readonly Rule Rule = new(
        "QLG401", "An unknown or misspelled key", RuleSeverity.Warning, "The key {0} is not known, so its value has no effect: {1}.");

    /// <summary>Checks an adapter_config.json, of which PEFT knows every field. What says nothing (null, false, empty) is let be: newer versions add fields.</summary>
    public static IEnumerable<PlacedFault> CheckAdapter(JsonNode root)
    {
        string[] known = [.. AdapterField.All.Select(static field => field.Name)];
        return from member in root.Members
               where !known.Contains(member.Name) && !SaysNothing(member.Value)
               let nearest = Nearest.To(member.Name, known)
               select Broken(member, member.Name, nearest is not null && root[nearest] is null ? nearest : null);
    }

    /// <summary>Checks a config.json, to which authors of models add keys of their own: only what is close to a key that is not there.</summary>
    public static IEnumerable<PlacedFault> CheckConfig(JsonNode root, ConfigSchema? schema) =>
    [
        .. Misspelled(root, "", KnownConfigKeys.All, [.. (schema?.Keys ?? []).Select(static key => key.Name)]),
        .. from key in schema?.Keys ?? []
           where key.Nested is not null && root[key.Name] is { Kind: JsonKind.Object }
           from fault in Misspelled(root[key.Name]!, $"{key.Name}.", [], [.. key.Nested!.Keys.Select(static inner => inner.Name)])
           select fault,
    ];

    /// <summary>Whether a value is what a field has that nobody set.</summary>
    internal static bool SaysNothing(JsonNode value) => value switch
    {
        { Kind: JsonKind.Null } or { Value: false } => true,
        { Kind: JsonKind.Object } => value.Members.Count == 0,
        { Kind: JsonKind.Array } => value.Items.Count == 0,
        _ => false,
    };

    private static IEnumerable<PlacedFault> Misspelled(JsonNode node, string at, IEnumerable<string> known, HashSet<string> read)
    {
        HashSet<string> names = [.. known, .. read];
        HashSet<string> there = [.. node.Members.Select(static member => member.Name)];
        string[] free = [.. names.Where(name => !there.Contains(name))];
        return from member in node.Members
               where !names.Contains(member.Name)
               let meant = Nearest.To(member.Name, free)
               where meant is not null && IsClose(member.Name, meant, read.Contains(meant))
               select Broken(member, at + member.Name, meant);
    }

    // A slip of the hand, or another way to write the same words. Short names differ by a letter without any slip (n_head, n_heads), and
    // more so where nobody here reads the one that was meant.
    private static bool IsClose(string name, string meant, bool isRead) =>
        string.Equals(Plain(name), Plain(meant), StringComparison.OrdinalIgnoreCase)
        || (Nearest.Distance(name, meant) is var distance
            && (distance == 1 ? name.Length > (isRead ? 4 : 7) : distance == 2 && name.Length > (isRead ? 7 : 10)));

    private static string Plain(string name) => name.Replace("_", "").Replace("-", "");

    private static PlacedFault Broken(JsonMember member, string field, string? meant) => PlacedFault.On(
        member, Rule.Broken(Shown.Quoted(field), meant is null ? "remove it" : $"write '{meant}'") with { Field = field, Fix = meant });
}
