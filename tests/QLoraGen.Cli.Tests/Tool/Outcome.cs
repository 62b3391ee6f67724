using System.Text.Json;

namespace QLoraGen.Cli.Tests.Tool;

/// <summary>How a start of the tool went.</summary>
/// <param name="ExitCode">0 where it did what it was asked for.</param>
/// <param name="Out">Its stdout, lines joined by a line feed.</param>
/// <param name="Err">Its stderr, likewise.</param>
/// <param name="PeakBytes">The most memory that it was seen to hold.</param>
public sealed record Outcome(int ExitCode, string Out, string Err, long PeakBytes)
{
    /// <summary>The one JSON object on the last line of stdout, after making sure that the tool succeeded.</summary>
    public JsonElement Json
    {
        get
        {
            Succeeded();
            return JsonDocument.Parse(Out[(Out.LastIndexOf('\n') + 1)..]).RootElement;
        }
    }

    public Outcome Succeeded()
    {
        Assert.True(ExitCode == 0, $"exit code {ExitCode}\n{Out}\n{Err}");
        return this;
    }

    /// <summary>It failed as a tool should: the last line holds every one of the words; no result, no stack trace.</summary>
    public void Refuses(params string[] words)
    {
        Assert.True(ExitCode == 1, $"exit code {ExitCode}\n{Out}\n{Err}");
        Assert.DoesNotContain("Unhandled exception", Err);
        Assert.DoesNotContain("   at ", Err);
        string message = Err.Split('\n')[^1];
        Assert.StartsWith("qlora: ", message);
        Assert.All(words, word => Assert.Contains(word, message));
        Assert.DoesNotContain("{\"", Out);
    }
}
