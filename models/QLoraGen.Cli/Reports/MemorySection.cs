namespace QLoraGen.Cli.Reports;

/// <summary>The memory that was planned, and what the process took.</summary>
internal static class MemorySection
{
    public static Html Draw(RunReport report)
    {
        TrainingMemory plan = report.Predicted;
        (string Name, string Look, long Bytes)[] planned =
        [
            ("frozen weights", "frozen", plan.FrozenBytes), ("adapters", "adapters", plan.AdapterBytes),
            ("gradients", "gradients", plan.GradientBytes), ("optimizer state", "optimizer", plan.OptimizerBytes),
            (plan.Recomputes ? "activations, recomputed" : "activations", "activations", plan.ActivationBytes),
            ("the process itself", "process", plan.ProcessBytes),
        ];
        long peak = report.Memory.Peak, largest = Math.Max(peak, plan.TotalBytes);
        return $"""
            <section><h2>Memory</h2>
            <div class="bars">
            <span>planned</span><div class="bar">{planned.Select(part => Bar(part.Look, part.Bytes, largest))}</div><span class="number">{ReportText.Bytes(plan.TotalBytes)}</span>
            <span>before training</span><div class="bar">{Bar("measured", report.Memory.BeforeTraining, largest)}</div><span class="number">{ReportText.Bytes(report.Memory.BeforeTraining)}</span>
            <span>at peak</span><div class="bar">{Bar("measured", peak, largest)}</div><span class="number">{ReportText.Bytes(peak)}</span>
            </div>
            <div class="scroll"><table>
            <tr><th></th><th class="number">bytes</th><th></th></tr>
            {planned.Select(part => Row(part.Name, part.Look, part.Bytes))}
            {Row("planned, resident", "", plan.TotalBytes)}
            {Row("resident before training", "measured", report.Memory.BeforeTraining)}
            {Row("resident at peak", "measured", peak)}
            {Row("at peak beyond the plan", "", peak - plan.TotalBytes)}
            </table></div>
            <p class="quiet">Activations and the process itself are estimates. What is beyond the plan is what loading and measuring took.</p>
            </section>
            """;
    }

    private static Html Bar(string look, long bytes, long largest) => $"""<i class="{look}" style="width:{100.0 * bytes / largest:F3}%"></i>""";

    private static Html Row(string name, string look, long bytes) => $"""
        <tr><th scope="row">{(look.Length == 0 ? Html.Empty : (Html)$"""<i class="key {look}"></i>""")}{name}</th><td class="number">{bytes:N0}</td><td class="number">{ReportText.Bytes(Math.Abs(bytes))}</td></tr>
        """;
}
