using Xunit;

namespace QLoraGen.Testing;

/// <summary>An accepted text on disk and, after a failure, the text that was received instead.</summary>
/// <param name="folder">Where both lie.</param>
/// <param name="name">What both names begin with.</param>
/// <param name="extension">What both names end with, without a dot.</param>
public sealed class SnapshotFile(string folder, string name, string extension)
{
    /// <summary>The environment variable that accepts whatever is received, set to 1.</summary>
    public const string AcceptVariable = "QLORAGEN_ACCEPT_SNAPSHOTS";

    /// <summary>The accepted text.</summary>
    public string Verified { get; } = Path.Combine(folder, $"{name}.verified.{extension}");

    /// <summary>The text of the last failure; gone after a success.</summary>
    public string Received { get; } = Path.Combine(folder, $"{name}.received.{extension}");

    /// <summary>Fails, naming the first line that differs, where the text is not the accepted one.</summary>
    /// <param name="text">What was received; how its lines end does not matter.</param>
    /// <param name="accept">Whether the text becomes the accepted one instead.</param>
    public async Task Match(string text, bool accept)
    {
        string received = WithLineFeeds(text);
        string? verified = File.Exists(Verified) ? WithLineFeeds(await File.ReadAllTextAsync(Verified)) : null;
        if (received == verified || accept)
        {
            File.Delete(Received);
            if (received != verified)
            {
                await File.WriteAllTextAsync(Verified, received);
            }
            return;
        }
        await File.WriteAllTextAsync(Received, received);
        string fault = verified is null ? "does not exist" : FirstDifference(verified.Split('\n'), received.Split('\n'));
        Assert.Fail($"{Verified} {fault}\nWhat was received is in {Received}\nTo accept it, run the test again with {AcceptVariable}=1.");
    }

    private static string FirstDifference(string[] verified, string[] received)
    {
        int line = 0;
        while (line < verified.Length && line < received.Length && verified[line] == received[line])
        {
            line++;
        }
        return $"differs at line {line + 1}:\n  verified: {Shown(verified, line)}\n  received: {Shown(received, line)}";
    }

    private static string Shown(string[] lines, int line) => line < lines.Length ? $"\"{lines[line]}\"" : "(the end)";

    private static string WithLineFeeds(string text) => text.Replace("\r\n", "\n", StringComparison.Ordinal);
}
