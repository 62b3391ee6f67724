using System.CommandLine;
using System.Globalization;
using QLoraGen.Configs;
using QLoraGen.Rules;

namespace QLoraGen.Cli;

/// <summary>Options of new adapters, under PEFT's names; what is not given is what the model's class declares.</summary>
internal static class AdapterOptions
{
    private static readonly Option<string?> ConfigFrom = new("--adapter-config")
    {
        Description = "An adapter_config.json to take the options from that are not given; instead of what the model's class declares.", HelpName = "FILE",
    };

    private static readonly Option<int?> R = new("--r") { Description = "Rank of A and B.", HelpName = "N" };

    private static readonly Option<double?> Alpha = new("--lora-alpha") { Description = "Numerator of the scale alpha / r.", HelpName = "X" };

    private static readonly Option<double?> Dropout = new("--lora-dropout") { Description = "Dropout on the input of A, in [0, 1).", HelpName = "P" };

    private static readonly Option<string?> Targets = new("--target-modules")
    {
        Description = "Layers that get an adapter: names joined by commas, all-linear, or re: and a regular expression over whole paths.", HelpName = "LIST",
    };

    private static readonly Option<string?> Exclude = new("--exclude-modules")
    {
        Description = "Layers that get none though they are targeted: names joined by commas, or re: and a regular expression.", HelpName = "LIST",
    };

    private static readonly Option<string?> Blocks = new("--layers-to-transform")
    {
        Description = "Numbers of the only blocks that get adapters, joined by commas.", HelpName = "LIST",
    };

    private static readonly Option<string?> BlockNames = new("--layers-pattern")
    {
        Description = "Names before the number of a block, joined by commas. Default: any.", HelpName = "LIST",
    };

    private static readonly Option<string?> RankPattern = new("--rank-pattern")
    {
        Description = "Ranks of single layers: down_proj=32, joined by commas.", HelpName = "LIST",
    };

    private static readonly Option<string?> AlphaPattern = new("--alpha-pattern")
    {
        Description = "Alphas of single layers: down_proj=64, joined by commas.", HelpName = "LIST",
    };

    private static readonly Option<bool> Rslora = new("--use-rslora") { Description = "Scale by alpha / sqrt(r)." };

    private static readonly Option<bool> Dora = new("--use-dora") { Description = "Train magnitudes apart from directions (DoRA)." };

    private static readonly Option<string?> Bias = MakeBias();

    private static readonly Option<bool> BiasOfB = new("--lora-bias") { Description = "Give B a bias." };

    private static readonly Option<string?> Save = new("--modules-to-save")
    {
        Description = "Layers that train whole and are saved with the adapter: names joined by commas, such as lm_head.", HelpName = "LIST",
    };

    private static readonly Option<string?> Start = new("--init-lora-weights")
    {
        Description = "How A and B begin: true, false, gaussian, orthogonal, pissa, pissa_niter_16, olora or loftq. Default: true.", HelpName = "NAME",
    };

    /// <summary>All of them, in the order in which help shows them.</summary>
    public static IReadOnlyList<Option> All { get; } =
    [
        ConfigFrom, R, Alpha, Dropout, Targets, Exclude, Blocks, BlockNames, RankPattern, AlphaPattern, Rslora, Dora, Bias, BiasOfB, Save, Start,
    ];

    /// <summary>The config of the adapter that <c>--adapter</c> names, or else of new ones.</summary>
    public static LoraConfig SavedOrNew(ParseResult parsed, CausalLM model)
    {
        if (parsed.GetValue(SharedOptions.Adapter) is not { } folder)
        {
            return Config(parsed, model);
        }
        return All.FirstOrDefault(option => parsed.GetResult(option) is { Implicit: false }) is not { } given
            ? PeftAdapter.ReadConfig(folder, AdapterTargets.Of(model))
            : throw new QLoraException(
                $"--adapter is {folder} and {given.Name} is given, but a saved adapter has a config of its own: leave one of them out.");
    }

    /// <summary>The config of new adapters.</summary>
    public static LoraConfig Config(ParseResult parsed, CausalLM model)
    {
        LoraConfig declared = parsed.GetValue(ConfigFrom) is { } file ? PeftAdapter.ReadOptions(file, AdapterTargets.Of(model)) : model.DeclaredAdapter ?? new LoraConfig();
        (IReadOnlyList<string> Names, string? Pattern) targets = Modules(parsed, Targets) ?? (declared.TargetModules, declared.TargetPattern);
        (IReadOnlyList<string> Names, string? Pattern) excluded = Modules(parsed, Exclude) ?? (declared.ExcludeModules, declared.ExcludePattern);
        LoraConfig config = (declared with
        {
            R = parsed.GetValue(R) ?? declared.R,
            LoraAlpha = parsed.GetValue(Alpha) ?? declared.LoraAlpha,
            LoraDropout = parsed.GetValue(Dropout) ?? declared.LoraDropout,
            UseRslora = parsed.GetValue(Rslora) || declared.UseRslora,
            UseDora = parsed.GetValue(Dora) || declared.UseDora,
            LoraBias = parsed.GetValue(BiasOfB) || declared.LoraBias,
            Bias = parsed.GetValue(Bias) is { } bias ? BiasTrainings.Read(bias)!.Value : declared.Bias,
            TargetModules = targets.Names,
            TargetPattern = targets.Pattern,
            ExcludeModules = excluded.Names,
            ExcludePattern = excluded.Pattern,
            LayersToTransform = List(parsed, Blocks)?.Select(static block => Number<int>(Blocks, block)).ToArray() ?? declared.LayersToTransform,
            LayersPattern = List(parsed, BlockNames) ?? declared.LayersPattern,
            RankPattern = Pattern<int>(parsed, RankPattern) ?? declared.RankPattern,
            AlphaPattern = Pattern<double>(parsed, AlphaPattern) ?? declared.AlphaPattern,
            ModulesToSave = List(parsed, Save) ?? declared.ModulesToSave,
            InitLoraWeights = parsed.GetValue(Start) ?? declared.InitLoraWeights,
        }).Validate();
        if (StartIsNotPossible.Check(config, AdapterTargets.Of(model).Layers).FirstOrDefault() is { } fault)
        {
            throw new QLoraException(fault.ToString());
        }
        long widest = AdapterTargets.Of(model).Matching(config).Max(static target => Math.Min(target.AsLayer().InFeatures!.Value, target.AsLayer().OutFeatures!.Value));
        return config.R <= widest ? config : throw new QLoraException(
            $"r is {config.R}, but no adapted layer can change by more than rank {widest}, the smaller of its sizes: use at most that.");
    }

    // No name at all would be read as all-linear, which nobody asked for.
    private static (IReadOnlyList<string>, string?)? Modules(ParseResult parsed, Option<string?> option) => parsed.GetValue(option) switch
    {
        null => null,
        AdapterConfigFile.AllLinear when option == Targets => ([], null),
        var pattern when pattern.StartsWith("re:", StringComparison.Ordinal) => ([], pattern[3..]),
        _ => (List(parsed, option)!, null),
    };

    private static string[]? List(ParseResult parsed, Option<string?> option) => parsed.GetValue(option) is not { } list ? null
        : list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) is { Length: > 0 } names ? names
        : throw new QLoraException($"{option.Name} is '{list}': {(option == Targets
            ? "name layers joined by commas, such as q_proj,v_proj, or all-linear." : "give at least one entry, or leave the option out.")}");

    private static KeyValuePair<string, T>[]? Pattern<T>(ParseResult parsed, Option<string?> option)
        where T : IParsable<T> => List(parsed, option)?.Select(entry =>
        {
            int equals = entry.LastIndexOf('=');
            return equals > 0 ? new KeyValuePair<string, T>(entry[..equals], Number<T>(option, entry[(equals + 1)..]))
                : throw new QLoraException($"{option.Name}: '{entry}' is not of the form name=number, such as down_proj=32.");
        }).ToArray();

    private static T Number<T>(Option option, string text)
        where T : IParsable<T> => T.TryParse(text, CultureInfo.InvariantCulture, out T? number) ? number
        : throw new QLoraException($"{option.Name}: '{text}' is not a {(typeof(T) == typeof(int) ? "whole " : "")}number.");

    private static Option<string?> MakeBias()
    {
        var option = new Option<string?>("--bias") { Description = "Biases that train too: none, all of the model's, or those of adapted layers (lora_only)." };
        return option.AcceptOnlyFromAmong([.. BiasTrainings.Names]);
    }
}
