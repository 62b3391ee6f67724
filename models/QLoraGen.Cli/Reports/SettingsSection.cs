using System.Globalization;

namespace QLoraGen.Cli.Reports;

/// <summary>What the run was asked for, in the terms of bitsandbytes, PEFT and Transformers.</summary>
internal static class SettingsSection
{
    public static Html Draw(RunReport report) => $"""
        <section><h2>Settings</h2>
        <pre class="command">{string.Join(' ', report.Command.Select(Quoted))}</pre>
        <div class="columns">
        {Table("quantization", Quantization(report))}
        {Table("adapters", Adapter(report.Adapter))}
        {Table("training", report.Options.Named().Select(static option => (option.Name, Text(option.Value))))}
        </div>
        </section>
        """;

    private static IEnumerable<(string, string)> Quantization(RunReport report) => report.Format is not { } format ? [("type", "none")] :
    [
        ("type", format.Type.ToString().ToLowerInvariant()), ("block size", Text(format.BlockSize)), ("double quantization", Text(format.DoubleQuant)),
        ("bits a quantized value", Text(Math.Round(report.Plan.BitsPerQuantizedParameter, 3))),
        ("quantized values", $"{report.Plan.QuantizedParameters:N0} of {report.Plan.Parameters:N0}"),
    ];

    private static IEnumerable<(string, string)> Adapter(LoraConfig config) =>
    [
        ("r", Text(config.R)), ("lora_alpha", Text(config.LoraAlpha)), ("lora_dropout", Text(config.LoraDropout)),
        ("target_modules", config.TargetPattern ?? (config.TargetModules.Count == 0 ? "all-linear" : string.Join(", ", config.TargetModules))),
        ("init_lora_weights", config.InitLoraWeights), ("use_dora", Text(config.UseDora)), ("use_rslora", Text(config.UseRslora)),
        .. Given("exclude_modules", config.ExcludePattern ?? string.Join(", ", config.ExcludeModules)),
        .. Given("rank_pattern", string.Join(", ", config.RankPattern.Select(static own => $"{own.Key}={own.Value}"))),
        .. Given("alpha_pattern", string.Join(", ", config.AlphaPattern.Select(static own => $"{own.Key}={Text(own.Value)}"))),
        .. Given("modules_to_save", string.Join(", ", config.ModulesToSave)),
        .. Given("layers_to_transform", string.Join(", ", config.LayersToTransform)),
        .. Given("bias", config.Bias == default ? "" : Text(config.Bias)),
    ];

    private static IEnumerable<(string, string)> Given(string name, string value) => value.Length == 0 ? [] : [(name, value)];

    private static Html Table(string name, IEnumerable<(string Name, string Value)> rows) => $"""
        <table><caption>{name}</caption>{rows.Select<(string Name, string Value), Html>(row => $"""<tr><th scope="row">{row.Name}</th><td class="name">{row.Value}</td></tr>""")}</table>
        """;

    private static string Text(object value) => value is bool on ? (on ? "true" : "false") : string.Create(CultureInfo.InvariantCulture, $"{value}");

    // As a POSIX shell reads it.
    private static string Quoted(string word) => word.Length > 0 && word.All(static c => char.IsAsciiLetterOrDigit(c) || "-_./=,:+@%".Contains(c))
        ? word : $"'{word.Replace("'", "'\\''")}'";
}
