namespace QLoraGen.Analyzers.Tests.Running;

/// <summary>A text without its mark, and where the marked part begins and ends: lines and columns from 1.</summary>
internal sealed record Markup(string Text, (int Line, int Column)? Start, (int Line, int Column)? End)
{
    public static Markup Of(string marked)
    {
        int open = marked.IndexOf("{|", StringComparison.Ordinal);
        if (open < 0)
        {
            return new Markup(marked, null, null);
        }
        int from = marked.IndexOf(':', open) + 1, close = marked.IndexOf("|}", from, StringComparison.Ordinal);
        string before = marked[..open], inside = marked[from..close];
        return new Markup(before + inside + marked[(close + 2)..], Place(before), Place(before + inside));
    }

    private static (int, int) Place(string text) =>
        (text.Count(static c => c == '\n') + 1, text.Length - text.LastIndexOf('\n'));
}
