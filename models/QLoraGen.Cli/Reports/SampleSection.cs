namespace QLoraGen.Cli.Reports;

/// <summary>What the model made of held-out prompts before and what it makes of them after training.</summary>
internal static class SampleSection
{
    public static Html Draw(RunReport report) => $"""
        <section><h2>Before and after</h2>
        <p class="quiet">{(report.Prompts.Any(static prompt => prompt.Wanted is not null) ? "Held-out prompts" : "How held-out texts begin")}, continued greedily: each time by the likeliest token.</p>
        {report.Prompts.Select((prompt, i) => Sample(prompt, report.Before.Samples[i], report.After?.Samples[i]))}
        {(report.After is null ? (Html)$"""<p class="quiet">The run was stopped by hand, and nothing was measured afterwards.</p>""" : Html.Empty)}
        </section>
        """;

    private static Html Sample(SamplePrompt prompt, string before, string? after) => $"""
        <article><pre class="prompt" dir="auto">{prompt.Text}</pre>
        <dl class="versions">{Version("base", before, "")}{(after is null ? Html.Empty : Version("with the adapter", after, after == prompt.Wanted ? "same" : "new"))}{(prompt.Wanted is null ? Html.Empty : Version("wanted", prompt.Wanted, ""))}</dl></article>
        """;

    private static Html Version(string name, string text, string look) => $"""<div class="{look}"><dt>{name}</dt><dd><pre dir="auto">{text}</pre></dd></div>""";
}
