using System.Text.Json;
using System.Text.Json.Nodes;
using Spectre.Console;

namespace QLoraGen.Cli;

/// <summary>Where a verb writes: people read stdout, or stderr where <c>--json</c> leaves stdout to the result.</summary>
/// <param name="json">Whether the result is one JSON object, the last line of stdout.</param>
internal sealed class Output(bool json)
{
    /// <summary>For people.</summary>
    public IAnsiConsole Console { get; } = AnsiConsole.Create(new AnsiConsoleSettings
    {
        Out = new AnsiConsoleOutput(json ? System.Console.Error : System.Console.Out),
    });

    /// <summary>Makes lines of so many columns fit where there is no terminal to limit them.</summary>
    public void MakeRoom(int columns)
    {
        if (!Console.Profile.Out.IsTerminal)
        {
            Console.Profile.Width = Math.Max(Console.Profile.Width, columns);
        }
    }

    /// <summary>Text as it is: never wrapped, nor read as markup.</summary>
    public void Write(string text) => Console.Profile.Out.Writer.Write(text);

    /// <summary>One line of text as it is.</summary>
    public void Line(string text = "") => Console.Profile.Out.Writer.WriteLine(text);

    /// <summary>One line on stderr.</summary>
    public void Error(string text) => System.Console.Error.WriteLine($"qlora: {text}");

    /// <summary>The results of several adapters, one after another, each under its name; of one alone, they are the result itself.</summary>
    /// <param name="names">Of the adapters.</param>
    /// <param name="measure">Makes the fields of one, and shows them to people.</param>
    public void Results(IReadOnlyList<string?> names, Func<string?, (string Name, JsonNode? Value)[]> measure)
    {
        if (names is [var only])
        {
            Result(measure(only));
            return;
        }
        var all = new JsonObject();
        foreach (string? name in names)
        {
            Line($"[{name}]");
            all[name!] = Object(measure(name));
        }
        Result(("adapters", all));
    }

    /// <summary>The result, where it was asked for as JSON.</summary>
    public void Result(params ReadOnlySpan<(string Name, JsonNode? Value)> fields)
    {
        if (json)
        {
            System.Console.Out.WriteLine(Object(fields).ToJsonString(new JsonSerializerOptions { WriteIndented = false }));
        }
    }

    /// <summary>Fields as one object.</summary>
    public static JsonObject Object(ReadOnlySpan<(string Name, JsonNode? Value)> fields)
    {
        var result = new JsonObject();
        foreach ((string name, JsonNode? value) in fields)
        {
            result[name] = value;
        }
        return result;
    }
}
