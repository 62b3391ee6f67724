using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Testing;
using QLoraGen.Analyzers.Tests.Running;
using QLoraGen.Checkpoints;
using QLoraGen.Testing;

namespace QLoraGen.Analyzers.Tests.Configs;

/// <summary>One file, read by the loader and seen by the compiler: the same id, sentence, line and column.</summary>
public sealed partial class LoaderAndCompilerTests : IDisposable
{
    private static readonly TargetLayer[] Layers =
    [
        new("embed_tokens", IsLinear: false, FullPrecision: false, 256, 64) { IsEmbedding = true },
        .. Enumerable.Range(0, 2).SelectMany(static i => (TargetLayer[])
        [
            new($"layers.{i}.up_proj", IsLinear: true, FullPrecision: false, 64, 128),
            new($"layers.{i}.down_proj", IsLinear: true, FullPrecision: false, 128, 64),
        ]),
        new("norm", IsLinear: false, FullPrecision: false, null, null),
        new("lm_head", IsLinear: true, FullPrecision: true, 64, 256),
    ];

    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("QLG301", "\"r\": 8", "\"r\": 0")]
    [InlineData("QLG303", "\"lora_alpha\": 16", "\"lora_alpha\": -1.5")]
    [InlineData("QLG304", "\"lora_dropout\": 0.0", "\"lora_dropout\": 1")]
    [InlineData("QLG305", "\"up_proj\"", "\"up_prj\"")]
    [InlineData("QLG306", "\"bias\"", "\"exclude_modules\": [\"layers.7.up_proj\"], \"bias\"")]
    [InlineData("QLG307", "\"bias\"", "\"rank_pattern\": { \"gate_proj\": 4 }, \"bias\"")]
    [InlineData("QLG308", "\"bias\"", "\"alpha_pattern\": { \"layers.2.up_proj\": 4 }, \"bias\"")]
    [InlineData("QLG309", "\"up_proj\"", "\"norm\"")]
    [InlineData("QLG310", "\"bias\"", "\"modules_to_save\": [\"down_proj\"], \"bias\"")]
    [InlineData("QLG311", "\"bias\"", "\"lora_bias\": true, \"init_lora_weights\": \"gaussian\", \"bias\"")]
    [InlineData("QLG312", "\"bias\"", "\"exclude_modules\": \".*_proj\", \"bias\"")]
    [InlineData("QLG314", "[\"up_proj\", \"down_proj\"]", "\"(up\"")]
    [InlineData("QLG315", "\"none\"", "\"some\"")]
    [InlineData("QLG315", "\"LORA\"", "\"IA3\"")]
    [InlineData("QLG315", "\"bias\"", "\"init_lora_weights\": \"pissa\", \"bias\"")]
    [InlineData("QLG317", "\"bias\"", "\"modules_to_save\": [\"norms\"], \"bias\"")]
    [InlineData("QLG318", "\"bias\"", "\"layers_to_transform\": 2, \"bias\"")]
    [InlineData("QLG401", "\"bias\"", "\"lora_droput\": 0.1, \"bias\"")]
    [InlineData("QLG402", "\"r\": 8", "\"r\": 8.0")]
    [InlineData("QLG402", "\"down_proj\"", "3")]
    [InlineData("QLG402", "\"bias\"", "\"rank_pattern\": { \"up_proj\": null }, \"bias\"")]
    [InlineData("QLG403", "\"peft_type\"", "\"task_type\"")]
    [InlineData("QLG403", "[\"up_proj\", \"down_proj\"]", "null")]
    [InlineData("QLG409", "\"r\": 8,", "\"r\": 8")]
    [InlineData("QLG409", "\"r\"", "\"bias\"")]
    public async Task An_adapter_config_is_refused_in_the_same_words(string id, string right, string wrong)
    {
        SortedDictionary<string, string> project = new(new FaultFolder("QLG315-field-is-not-supported").Mended.ToDictionary());
        const string Name = "tiny.adapter_config.json";
        project[Name] = project[Name].Replace(right, wrong, StringComparison.Ordinal);
        folder.Write("adapter_config.json", project[Name]);

        string said = Assert.Throws<QLoraException>(() => PeftConfig.Read(folder.Path, Layers)).Message;
        await Reports(project, Name, id, said[folder.File("adapter_config.json").Length..]);
    }

    [Theory]
    [InlineData("QLG402", "\"hidden_size\": 64", "\"hidden_size\": \"64\"")]
    [InlineData("QLG402", "\"hidden_size\": 64", "\"hidden_size\": 1e3")]
    [InlineData("QLG402", "\"hidden_size\": 64", "\"hidden_size\": null")]
    [InlineData("QLG402", "\"bfloat16\"", "16")]
    [InlineData("QLG403", "\"vocab_size\"", "\"n_ctx\"")]
    [InlineData("QLG409", "256", "0256")]
    [InlineData("QLG412", "\"vocab_size\"", "\"final_logit_softcapping\": 30.0, \"vocab_size\"")]
    [InlineData("QLG412", "\"vocab_size\"", "\"rope_scaling\": { \"type\": \"yarn\" }, \"vocab_size\"")]
    [InlineData("QLG412", "\"vocab_size\"", "\"logit_scale\": 0.0625, \"vocab_size\"")]
    [InlineData("QLG412", "\"vocab_size\"", "\"attention_bias\": true, \"vocab_size\"")]
    [InlineData("QLG409", "}", "} {}")]
    public async Task A_config_is_refused_in_the_same_words(string id, string right, string wrong)
    {
        SortedDictionary<string, string> project = new(new FaultFolder("QLG410-config-of-another-model").Mended.ToDictionary());
        const string Name = "tiny.config.json";
        project[Name] = project[Name].Replace(right, wrong, StringComparison.Ordinal);
        folder.Write("config.json", project[Name]);

        string said = Assert.Throws<QLoraException>(() => ConfigFile.Open(folder.Path).Read<TinyConfig>()).Message;
        await Reports(project, Name, id, said[folder.File("config.json").Length..]);
    }

    private static Task Reports(IReadOnlyDictionary<string, string> project, string file, string id, string said)
    {
        Match parts = Said().Match(said);
        Assert.Equal(id, parts.Groups["id"].Value);
        var run = new AnalyzerRun(project);
        run.ExpectedDiagnostics.Add(new DiagnosticResult(id, id == "QLG401" ? DiagnosticSeverity.Warning : DiagnosticSeverity.Error)
            .WithLocation(file, int.Parse(parts.Groups["line"].Value), int.Parse(parts.Groups["column"].Value))
            .WithMessage(parts.Groups["sentence"].Value));
        return run.RunAsync();
    }

    [GeneratedRegex(@"^\((?<line>\d+),(?<column>\d+)\): (?<id>QLG\d+): (?<sentence>.*)$")]
    private static partial Regex Said();

    /// <summary>The record that the fault folder's model declares.</summary>
    public sealed record TinyConfig : ModelConfig
    {
        public required int IntermediateSize { get; init; }
    }
}
