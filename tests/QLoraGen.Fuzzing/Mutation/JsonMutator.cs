using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace QLoraGen.Fuzzing.Mutation;

/// <summary>Changes the values and the structure of a JSON file, most of which stays well-formed, so that damage gets past the parser.</summary>
internal static class JsonMutator
{
    private static readonly string[] Values =
    [
        "null", "true", "false", "0", "-0", "-1", "1", "2", "3", "64", "255", "256", "65536", "2147483647", "2147483648", "-2147483648", "4294967296",
        "9223372036854775807", "9223372036854775808", "18446744073709551616", "0.5", "1e-320", "1e308", "-1e308", "1e400", "1.5e1", "1e10000000000", "01", "NaN",
        "\"\"", "\" \"", "\"0\"", "\"true\"", "\"\\u0000\"", "\"\\ud800\"", "\"\\udc00\\ud800\"", "\"\\uffff\"", "\"\\u202e\"", "\"\U0001F600\"", "\"../../etc/passwd\"",
        "\"/dev/zero\"", "\"(((((a+)+)+)+)+)+$\"", "\"[\"", "\"\\\\p{L}+\"", "\"(?=a*)*\"", "\"nf4\"", "\"fp4\"", "\"bfloat16\"", "\"float32\"", "\"BF16\"", "\"U8\"", "\"F32\"",
        "\"BPE\"", "\"Unigram\"", "\"WordPiece\"", "\"ByteLevel\"", "\"Sequence\"", "\"Split\"", "\"Metaspace\"", "\"Replace\"", "\"Prepend\"", "\"llama\"", "\"all-linear\"",
        "[]", "{}", "[[]]", "[null]", "[0]", "[-1]", "[1,2]", "[2147483647,2147483647]", "[4294967296,4294967296]", "[9223372036854775807]", "{\"\":0}", "{\"type\":null}",
        "{\"a\":{\"a\":{\"a\":[]}}}", "[0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0]",
    ];

    /// <summary>Mutates a JSON text; one that is none is taken as bytes.</summary>
    public static byte[] Mutate(byte[] whole, Random random)
    {
        if (random.OnceIn(6))
        {
            return ByteMutator.Mutate(whole, random);
        }
        try
        {
            return MutateTree(JsonNode.Parse(whole), random);
        }
        // It is none, or what was done to it before left a key twice or half a surrogate pair, which a tree has no place for.
        catch (Exception e) when (e is JsonException or ArgumentException or InvalidOperationException)
        {
            return ByteMutator.Mutate(whole, random);
        }
    }

    private static byte[] MutateTree(JsonNode? root, Random random)
    {
        var raw = new List<string>();
        for (int times = 1 + random.Next(3); times > 0; times--)
        {
            root = Change(root, random, raw);
        }
        string text = root?.ToJsonString() ?? "null";
        for (int i = 0; i < raw.Count; i++)
        {
            text = text.Replace($"\"@raw{i}@\"", raw[i], StringComparison.Ordinal);
        }
        return Encoding.UTF8.GetBytes(text);
    }

    private static JsonNode? Change(JsonNode? root, Random random, List<string> raw)
    {
        (JsonNode Parent, object Key)[] places = [.. Places(root)];
        if (places.Length == 0 || random.OnceIn(60))
        {
            return Raw(random.Pick(Values), raw);
        }
        (JsonNode parent, object key) = random.Pick(places);
        JsonNode? value = parent is JsonObject holder ? holder[(string)key] : parent[(int)key];
        switch (random.Next(10))
        {
            case 0:
                Remove(parent, key);
                break;
            case 1 when parent is JsonObject named:
                named.Remove((string)key);
                named[random.OnceIn(3) ? "" : Similar((string)key, random)] = value;
                break;
            case 2 when parent is JsonObject twice:   // the same key again
                twice[(string)key] = Raw($"{Text(value)},{JsonSerializer.Serialize((string)key)}:{random.Pick(Values)}", raw);
                break;
            case 3:   // another value of the same file
                (JsonNode other, object at) = random.Pick(places);
                Set(parent, key, (other is JsonObject o ? o[(string)at] : other[(int)at])?.DeepClone());
                break;
            case 4 when parent is JsonArray list:   // grown
                for (int i = random.Next(1, 1 << random.Next(1, 10)); i > 0; i--)
                {
                    list.Add(value?.DeepClone());
                }
                break;
            case 5 when value is JsonValue number && number.GetValueKind() == JsonValueKind.Number && number.TryGetValue(out long whole):
                Set(parent, key, JsonValue.Create(random.Next(4) switch { 0 => -whole, 1 => whole + 1, 2 => whole - 1, _ => unchecked(whole * 2) }));
                break;
            case 6 when value is JsonValue text && text.GetValueKind() == JsonValueKind.String:
                string old = SafeString(text);
                Set(parent, key, JsonValue.Create(random.Next(3) switch { 0 => old + old, 1 => old[..random.Next(old.Length + 1)], _ => Similar(old, random) }));
                break;
            case 7 when random.OnceIn(4):   // deep
                int depth = random.Next(1, 300);
                Set(parent, key, Raw(new string('[', depth) + new string(']', depth), raw));
                break;
            case 8 when random.OnceIn(4):   // long
                Set(parent, key, JsonValue.Create(new string(random.OnceIn(2) ? 'a' : ' ', random.Next(1, 100_000))));
                break;
            default:
                Set(parent, key, Raw(random.Pick(Values), raw));
                break;
        }
        return root;
    }

    private static IEnumerable<(JsonNode Parent, object Key)> Places(JsonNode? node)
    {
        IEnumerable<(object Key, JsonNode? Value)> children = node switch
        {
            JsonObject o => o.Select(static entry => ((object)entry.Key, entry.Value)),
            JsonArray a => a.Select(static (value, i) => ((object)i, value)),
            _ => [],
        };
        foreach ((object key, JsonNode? value) in children)
        {
            yield return (node!, key);
            foreach ((JsonNode, object) inner in Places(value))
            {
                yield return inner;
            }
        }
    }

    private static JsonNode Raw(string text, List<string> raw)
    {
        raw.Add(text);
        return JsonValue.Create($"@raw{raw.Count - 1}@")!;
    }

    private static string Text(JsonNode? value) => value?.ToJsonString() ?? "null";

    private static void Set(JsonNode parent, object key, JsonNode? value)
    {
        if (parent is JsonObject o)
        {
            o[(string)key] = value;
        }
        else
        {
            parent[(int)key] = value;
        }
    }

    private static void Remove(JsonNode parent, object key)
    {
        if (parent is JsonObject o)
        {
            o.Remove((string)key);
        }
        else
        {
            ((JsonArray)parent).RemoveAt((int)key);
        }
    }

    private static string SafeString(JsonValue value)
    {
        try
        {
            return value.GetValue<string>();
        }
        catch (InvalidOperationException)
        {
            return "";   // half a surrogate pair
        }
    }

    private static string Similar(string name, Random random)
    {
        if (name.Length == 0)
        {
            return "x";
        }
        int at = random.Next(name.Length);
        return name[..at] + (char)random.Next(32, 0x180) + name[(at + random.Next(2))..];
    }
}
