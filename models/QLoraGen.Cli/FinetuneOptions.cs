using System.CommandLine;
using QLoraGen.Cli.Default;
using QLoraGen.Data;

namespace QLoraGen.Cli;

/// <summary>The options of <c>finetune</c>. For the built-in model and task the defaults are those of its own recipe.</summary>
internal static class FinetuneOptions
{
    private const int MostHeldOut = 100;

    public static readonly Option<string?> HeldOutData = new("--held-out-data")
    {
        Description = "Rows to measure with, in a file of their own.", HelpName = "FILE",
    };

    public static readonly Option<int?> HeldOut = new("--held-out")
    {
        Description = "Rows of --data to measure with instead of training on them. Default: a tenth, at most 100.", HelpName = "N",
    };

    public static readonly Option<string> Adapter = new("--adapter", "--out")
    {
        Description = "Where the adapter is saved.", HelpName = "DIR", DefaultValueFactory = _ => "adapter",
    };

    private static readonly Option<int?> Steps = new("--steps") { Description = "Optimizer steps; instead of --epochs.", HelpName = "N" };

    private static readonly Option<double?> Epochs = new("--epochs") { Description = "Passes over the data. Default: 1.", HelpName = "X" };

    private static readonly Option<int?> BatchSize = new("--batch-size") { Description = "Samples of a forward pass. Default: 4.", HelpName = "N" };

    private static readonly Option<int> Accumulation = new("--gradient-accumulation")
    {
        Description = "Forward passes of an optimizer step.", HelpName = "N", DefaultValueFactory = _ => 1,
    };

    private static readonly Option<double?> LearningRate = new("--lr") { Description = "Peak learning rate of AdamW. Default: 2e-4.", HelpName = "X" };

    private static readonly Option<double> WarmupRatio = new("--warmup-ratio")
    {
        Description = "Share of the steps over which the learning rate rises.", HelpName = "X", DefaultValueFactory = _ => 0.03,
    };

    private static readonly Option<double> WeightDecay = new("--weight-decay")
    {
        Description = "Decoupled weight decay.", HelpName = "X", DefaultValueFactory = _ => 0,
    };

    private static readonly Option<double> MaxGradNorm = new("--max-grad-norm")
    {
        Description = "Norm that the gradient is clipped to.", HelpName = "X", DefaultValueFactory = _ => 1,
    };

    /// <summary>The options of the training run itself.</summary>
    public static List<Option> Training { get; } = [Steps, Epochs, BatchSize, Accumulation, LearningRate, WarmupRatio, WeightDecay, MaxGradNorm];

    /// <summary>What is trained on and what is held out.</summary>
    public static (EncodedData Train, EncodedData HeldOut) Samples(ParseResult parsed, LoadedModel loaded, Output output)
    {
        int length = loaded.MaxLength(parsed.GetValue(SharedOptions.MaxLength));
        string? data = parsed.GetValue(SharedOptions.Data);
        EncodedData all = loaded.Encode(data ?? DefaultFiles.Training, length, output);
        if ((parsed.GetValue(HeldOutData) ?? (data is null ? DefaultFiles.HeldOut : null)) is { } file)
        {
            return (all, loaded.Encode(file, length, output));
        }
        int count = parsed.GetValue(HeldOut) ?? Math.Clamp(all.Samples.Count / 10, 1, MostHeldOut);
        if (count < 1)
        {
            throw new QLoraException($"--held-out is {count}: hold out at least 1 row, or what was learned cannot be measured.");
        }
        if (count >= all.Samples.Count)
        {
            throw new QLoraException($"--held-out is {count}, but {data} has {all.Samples.Count} samples, and at least one must be left "
                + "to train on: hold out fewer, or name a file to measure with by --held-out-data.");
        }
        DatasetSplit<TokenizedSample> split = DatasetSplit.Split(all.Samples, count, (ulong)parsed.GetValue(SharedOptions.Seed));
        return (all with { Samples = split.Train }, all with { Samples = split.HeldOut });
    }

    /// <summary>The training run that the options mean.</summary>
    public static TrainingOptions Options(ParseResult parsed, int samples)
    {
        if (parsed.GetValue(Steps) is { } given && parsed.GetValue(Epochs) is { } passes)
        {
            throw new QLoraException($"--steps is {given} and --epochs is {passes}: give one of them, for each says how long to train.");
        }
        bool builtIn = parsed.GetValue(SharedOptions.Model) is null && parsed.GetValue(SharedOptions.Data) is null;
        int batch = parsed.GetValue(BatchSize) ?? (builtIn ? DefaultRecipe.BatchSize : 4);
        int accumulation = parsed.GetValue(Accumulation);
        int? steps = parsed.GetValue(Steps) ?? (builtIn && parsed.GetValue(Epochs) is null ? DefaultRecipe.Steps : null);
        return new TrainingOptions
        {
            Steps = steps ?? StepsOf(parsed.GetValue(Epochs) ?? 1, samples, Math.Max(1, (long)batch * accumulation)),
            BatchSize = batch,
            GradientAccumulation = accumulation,
            LearningRate = parsed.GetValue(LearningRate) ?? (builtIn ? DefaultRecipe.LearningRate : 2e-4),
            WarmupRatio = parsed.GetValue(WarmupRatio),
            WeightDecay = parsed.GetValue(WeightDecay),
            MaxGradNorm = parsed.GetValue(MaxGradNorm),
            Seed = parsed.GetValue(SharedOptions.Seed),
        }.Validate();
    }

    private static int StepsOf(double epochs, int samples, long samplesOfAStep)
    {
        if (!(epochs > 0))
        {
            throw new QLoraException($"--epochs is {epochs}: use a number above 0, such as 1.");
        }
        double steps = Math.Ceiling(epochs * samples / samplesOfAStep);
        return steps <= int.MaxValue
            ? (int)steps
            : throw new QLoraException($"--epochs is {epochs}, which is {steps:G3} steps: use fewer, or say how many by --steps.");
    }
}
