using QLoraGen.Cli.Reports.Charts;
using QLoraGen.Kernels;

namespace QLoraGen.Cli.Reports;

/// <summary>The report as one page of HTML that needs no other file, no network and no script.</summary>
/// <param name="report">What it says.</param>
/// <param name="finished">When the run ended.</param>
internal sealed class ReportPage(RunReport report, DateTimeOffset finished)
{
    // Even if something of the data were markup in spite of all, a browser would neither run nor fetch it.
    private const string Policy = "default-src 'none'; style-src 'unsafe-inline'";
    private const int Wide = 920, Narrow = 450, Tall = 280, Low = 200;

    public Html Draw() => $"""
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8"/>
        <meta name="viewport" content="width=device-width, initial-scale=1"/>
        <meta http-equiv="Content-Security-Policy" content="{Policy}"/>
        <meta name="color-scheme" content="light dark"/>
        <title>{Name} fine-tuned</title>
        <style>{ReportStyle.Sheet}</style>
        </head>
        <body>
        <header><h1>{Name} fine-tuned</h1><p class="quiet">{State} · {finished:yyyy-MM-dd HH:mm} · {report.Model}</p></header>
        {Figures()}
        {Curves()}
        {SampleSection.Draw(report)}
        {MemorySection.Draw(report)}
        {DataSection()}
        {SpeedSection()}
        {SettingsSection.Draw(report)}
        </body>
        </html>

        """;

    private string Name => Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(report.Model)));

    private string State => report.Result.Cancelled
        ? $"stopped by hand after {report.Result.Steps:N0} of {report.Options.Steps:N0} steps"
        : $"{report.Result.Steps:N0} steps";

    private Html Figures()
    {
        Measurement before = report.Before;
        Measurement? after = report.After;
        return $"""
            <dl class="figures">
            {Figure("held-out loss", after is null ? $"{before.Loss:F3}" : $"{before.Loss:F3} → {after.Loss:F3}", "nats a token")}
            {Figure("perplexity", after is null ? $"{Math.Exp(before.Loss):G4}" : $"{Math.Exp(before.Loss):G4} → {Math.Exp(after.Loss):G4}", "on held-out rows")}
            {(before.ExactMatch is not { } exact ? Html.Empty : Figure(
                "exact match", after?.ExactMatch is { } now ? $"{100 * exact:F0} → {100 * now:F0} %" : $"{100 * exact:F0} %", "of held-out completions"))}
            {Figure("trained values", $"{report.Plan.TrainableParameters:N0}", $"{100.0 * report.Plan.TrainableParameters / report.Plan.Parameters:G3} % of the base model's {report.Plan.Parameters:N0}")}
            {Figure("speed", $"{report.Result.TokensPerSecond:N0}", "tokens a second")}
            {Figure("memory at peak", ReportText.Bytes(report.Memory.Peak), "resident")}
            </dl>
            """;
    }

    private static Html Figure(string name, string value, string unit) => $"""<div><dt>{name}</dt><dd>{value}</dd><dd class="quiet">{unit}</dd></div>""";

    private Html Curves()
    {
        TrainingHistory history = report.Result.History;
        var curves = RunCurves.Of(report);
        return $"""
            <section><h2>Curves</h2>
            {new SvgChart("loss by step, in nats a token", [.. curves.Loss.WithTrend(), curves.HeldOut], Wide, Tall).Draw()}
            <div class="pair">{new SvgChart("learning rate by step", [curves.LearningRate], Narrow, Low).Draw()}
            {new SvgChart("gradient norm by step, before clipping", curves.GradientNorm.WithTrend(), Narrow, Low).Draw()}</div>
            <p class="quiet">{history.Steps.Count:N0} logged steps{(report.Result.DoneSteps > 0 ? $", the first {report.Result.DoneSteps:N0} steps of an earlier start that this one went on from" : "")}.</p>
            </section>
            """;
    }

    private Html DataSection() => $"""
        <section><h2>Data</h2>
        <div class="scroll"><table>
        <tr><th></th><th class="number">samples</th><th class="number">tokens</th><th class="number">predicted tokens</th><th class="number">longest sample</th><th>file</th></tr>
        {DataRow("trained on", report.Train)}{DataRow("held out", report.HeldOut)}
        </table></div>
        </section>
        """;

    private static Html DataRow(string what, DataSummary data) => $"""
        <tr><th scope="row">{what}</th><td class="number">{data.Samples:N0}</td><td class="number">{data.Tokens:N0}</td><td class="number">{data.Predicted:N0}</td><td class="number">{data.Longest:N0}</td><td class="path">{data.File}</td></tr>
        """;

    private Html SpeedSection()
    {
        TrainingResult result = report.Result;
        int steps = result.Steps - result.DoneSteps;
        return $"""
            <section><h2>Speed</h2>
            <p>{steps:N0} steps{(result.DoneSteps > 0 ? $" after the {result.DoneSteps:N0} that were done before" : "")} with {result.Tokens:N0} tokens in {ReportText.Time(result.Elapsed)}:
            {result.TokensPerSecond:N0} tokens a second, {result.Elapsed.TotalSeconds / Math.Max(1, steps):G3} seconds a step, on {KernelThreads.Count} threads with {CpuReport.Level} kernels.</p>
            </section>
            """;
    }
}
