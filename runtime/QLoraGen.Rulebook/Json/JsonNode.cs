namespace QLoraGen.Json;

/// <summary>What a JSON value is.</summary>
public enum JsonKind
{
    /// <summary><c>null</c>.</summary>
    Null,

    /// <summary><c>true</c> or <c>false</c>.</summary>
    Bool,

    /// <summary>A number without fraction and exponent that fits 64 bits.</summary>
    Integer,

    /// <summary>Any other number.</summary>
    Real,

    /// <summary>A string.</summary>
    Text,

    /// <summary>A list.</summary>
    Array,

    /// <summary>Members by name.</summary>
    Object,
}

/// <summary>A JSON value and where it stands in its file, so that a fault can be shown on it.</summary>
public sealed class JsonNode
{
    internal JsonNode(JsonKind kind, int start, object? value) => (Kind, Start, Value) = (kind, start, value);

    /// <summary>What it is.</summary>
    public JsonKind Kind { get; }

    /// <summary>Its first character, from the start of the file.</summary>
    public int Start { get; }

    /// <summary>Its characters, quotes and brackets included.</summary>
    public int Length { get; internal set; }

    /// <summary>A bool, long, double or string; null for <c>null</c>, lists and objects.</summary>
    public object? Value { get; }

    /// <summary>The values of a list, in order; none for anything else.</summary>
    public IReadOnlyList<JsonNode> Items { get; internal set; } = [];

    /// <summary>The members of an object, in order; none for anything else.</summary>
    public IReadOnlyList<JsonMember> Members { get; internal set; } = [];

    /// <summary>The value of a member; null where this is no object or has no such member.</summary>
    public JsonNode? this[string name] => Members.FirstOrDefault(member => member.Name == name)?.Value;

    /// <summary>The value at a path such as <c>target_modules[1]</c> or <c>rank_pattern.q_proj</c>: as faults name fields.</summary>
    /// <returns>Null where there is none. The longest member name that fits is taken, since names may have dots.</returns>
    public JsonNode? At(string path)
    {
        if (path.Length == 0)
        {
            return this;
        }
        if (path[0] == '[')
        {
            int end = path.IndexOf(']');
            return end > 0 && int.TryParse(path.Substring(1, end - 1), out int i) && i >= 0 && i < Items.Count ? Items[i].At(Rest(path, end + 1)) : null;
        }
        return Members
            .Where(member => path.StartsWith(member.Name, StringComparison.Ordinal)
                && (path.Length == member.Name.Length || path[member.Name.Length] is '.' or '['))
            .OrderByDescending(static member => member.Name.Length)
            .Select(member => member.Value.At(Rest(path, member.Name.Length)))
            .FirstOrDefault(static found => found is not null);
    }

    private static string Rest(string path, int from) => path.Substring(from < path.Length && path[from] == '.' ? from + 1 : from);
}

/// <summary>One member of an object.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Start">First character of the name's opening quote, from the start of the file.</param>
/// <param name="Length">Characters of the name with its quotes.</param>
/// <param name="Value">Its value.</param>
public sealed record JsonMember(string Name, int Start, int Length, JsonNode Value);
