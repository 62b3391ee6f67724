using System.Text.Json;
using QLoraGen.Templates;

namespace QLoraGen.Tests.Templates;

/// <summary>Renders templates with some variables that they can refer to.</summary>
internal static class Render
{
    private const string Variables = """
        {"a": [1, 2, 3], "s": "Hello World", "d": {"b": 2, "a": 1, "role": "user"}, "n": null, "t": true, "f": 1.5, "i": 7, "e": [],
         "u": "  p\u00e9ch\u00e9 \ud83e\udd99\n ", "nest": {"x": {"y": [{"z": 1}]}}, "big": 1e20, "sm": 1e-05,
         "ms": [{"role": "user", "content": "hi", "n": 2}, {"role": "assistant", "content": "yo", "n": 1}, {"role": "user", "content": "bye"}],
         "mix": [1, "a", null, true, 2.5, {"k": [1]}], "q": "it's \"q\"",
         "tool": {"type": "function", "function": {"name": "f<x>", "parameters": {"a": "\u00e9"}}}}
        """;

    public static string Text(string template) => Parse(template).Render(Read()).Text;

    public static string Error(string template) => Assert.Throws<QLoraException>(() => Text(template)).Message;

    public static Template Parse(string template) => Template.Parse("chat_template.jinja", template);

    public static Dictionary<string, object?> Read(string json = Variables)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        return document.RootElement.EnumerateObject().ToDictionary(static entry => entry.Name, static entry => JsonValues.Of(entry.Value));
    }
}
