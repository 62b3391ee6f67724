using System.Text;

namespace QLoraGen.Fuzzing.Mutation;

/// <summary>Damages text by lines and by words that mean something in chat templates, merge lists and datasets.</summary>
internal static class TextMutator
{
    private static readonly string[] Words =
    [
        "{%", "%}", "{{", "}}", "{#", "#}", "-%}", "{%-", "{% for x in messages %}", "{% endfor %}", "{% if true %}", "{% else %}", "{% endif %}",
        "{% set x = x + x %}", "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "{{ range(1000000000) }}", "{% for i in range(100000000) %}a{% endfor %}",
        "{{ 'a' * 1000000000 }}", "{{ messages[0]['content'] }}", "{{ raise_exception('x') }}", "loop.index0", "namespace(x=1)", "| tojson", "| trim", "is defined",
        "not", "and", "(((((((((((((((((((", "[[[[[[[[[[[[[[[[[[[", "{{ 1 / 0 }}", "{{ 9223372036854775807 + 1 }}", "{{ ''.__class__ }}", "{{ x[::0] }}", "'", "\"", "\\", "\n", "\r",
        "\t", " ", "\0", "\uFEFF", "\u2028", "\U0001F600", "{\"prompt\": \"a\", \"completion\": \"b\"}", "{\"messages\": []}", "[", "]", "{", "}", ":", ",", "#version: 0.2",
    ];

    public static byte[] Mutate(byte[] whole, Random random)
    {
        if (random.OnceIn(4))
        {
            return ByteMutator.Mutate(whole, random);
        }
        string text = Encoding.UTF8.GetString(whole);
        for (int times = 1 + random.Next(4); times > 0; times--)
        {
            int at = random.Next(text.Length + 1), run = Math.Min(random.Next(1, 60), text.Length - at);
            text = random.Next(4) switch
            {
                0 => text.Remove(at, run),
                1 => text.Insert(random.Next(text.Length + 1), text.Substring(at, run)),
                2 => text.Remove(at, run).Insert(at, random.Pick(Words)),
                _ => text.Insert(at, random.Pick(Words)),
            };
        }
        return Encoding.UTF8.GetBytes(text);
    }
}
