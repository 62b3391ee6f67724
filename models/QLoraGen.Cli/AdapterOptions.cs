using System.CommandLine;

namespace QLoraGen.Cli;

/// <summary>Options of new adapters, under PEFT's names; what is not given is what the model's class declares.</summary>
internal static class AdapterOptions
{
    public static readonly Option<int?> R = new("--r") { Description = "Rank of A and B.", HelpName = "N" };

    public static readonly Option<double?> Alpha = new("--lora-alpha") { Description = "Numerator of the scale alpha / r.", HelpName = "X" };

    public static readonly Option<double?> Dropout = new("--lora-dropout") { Description = "Dropout on the input of A, in [0, 1).", HelpName = "P" };

    public static readonly Option<string?> Targets = new("--target-modules")
    {
        Description = "Layers that get an adapter: names joined by commas, or all-linear.", HelpName = "LIST",
    };

    public static readonly Option<bool> Rslora = new("--use-rslora") { Description = "Scale by alpha / sqrt(r)." };

    private static readonly Option[] All = [R, Alpha, Dropout, Targets, Rslora];

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
        LoraConfig declared = model.DeclaredAdapter ?? new LoraConfig();
        LoraConfig config = (declared with
        {
            R = parsed.GetValue(R) ?? declared.R,
            LoraAlpha = parsed.GetValue(Alpha) ?? declared.LoraAlpha,
            LoraDropout = parsed.GetValue(Dropout) ?? declared.LoraDropout,
            UseRslora = parsed.GetValue(Rslora) || declared.UseRslora,
            TargetModules = parsed.GetValue(Targets) switch
            {
                null => declared.TargetModules,
                "all-linear" => [],
                string list => Names(list),
            },
        }).Validate();
        int widest = AdapterTargets.Of(model).Matching(config).Max(static target => Math.Min(target.Layer.InFeatures, target.Layer.OutFeatures));
        return config.R <= widest ? config : throw new QLoraException(
            $"r is {config.R}, but no adapted layer can change by more than rank {widest}, the smaller of its sizes: use at most that.");
    }

    // No name at all would be read as all-linear, which nobody asked for.
    private static string[] Names(string list) =>
        list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) is { Length: > 0 } names
            ? names
            : throw new QLoraException($"--target-modules is '{list}': name layers joined by commas, such as q_proj,v_proj, or all-linear.");
}
