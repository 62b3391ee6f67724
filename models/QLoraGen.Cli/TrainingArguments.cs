using System.CommandLine;
using QLoraGen.Cli.Default;
using QLoraGen.Data;

namespace QLoraGen.Cli;

/// <summary>
/// How a training run goes, under the names of Transformers' TrainingArguments. For the built-in model and task the defaults are those of
/// its own recipe.
/// </summary>
internal static class TrainingArguments
{
    private const int DefaultBatchSize = 4;

    private static readonly Option<int?> Steps = new("--steps", "--max-steps") { Description = "Optimizer steps; instead of --epochs.", HelpName = "N" };

    private static readonly Option<double?> Epochs = new("--epochs", "--num-train-epochs")
    {
        Description = "Passes over the data. Default: 1.", HelpName = "X",
    };

    private static readonly Option<int?> BatchSize = new("--batch-size", "--per-device-train-batch-size")
    {
        Description = "Samples of a forward pass. Default: 4.", HelpName = "N",
    };

    private static readonly Option<int> Accumulation = new("--gradient-accumulation", "--gradient-accumulation-steps")
    {
        Description = "Forward passes of an optimizer step.", HelpName = "N", DefaultValueFactory = _ => 1,
    };

    private static readonly Option<double?> LearningRate = new("--lr", "--learning-rate")
    {
        Description = "Peak learning rate. Default: 2e-4.", HelpName = "X",
    };

    private static readonly Option<string> Scheduler = MakeScheduler();

    private static readonly Option<double> WarmupRatio = new("--warmup-ratio")
    {
        Description = "Share of the steps over which the learning rate rises.", HelpName = "X", DefaultValueFactory = _ => 0.03,
    };

    private static readonly Option<int> WarmupSteps = new("--warmup-steps")
    {
        Description = "Steps over which it rises; instead of --warmup-ratio.", HelpName = "N", DefaultValueFactory = _ => 0,
    };

    private static readonly Option<double> DecayRatio = new("--decay-ratio")
    {
        Description = "Share of the steps, at the end, over which warmup_stable_decay falls.", HelpName = "X", DefaultValueFactory = _ => 0.2,
    };

    private static readonly Option<string> Optim = new("--optim")
    {
        Description = "adamw_torch (moments in fp32) or adamw_8bit (in blockwise 8 bits, as bitsandbytes).", HelpName = "NAME",
        DefaultValueFactory = _ => "adamw_torch",
    };

    private static readonly Option<double> Beta1 = new("--adam-beta1")
    {
        Description = "Decay of AdamW's first moment.", HelpName = "X", DefaultValueFactory = _ => 0.9,
    };

    private static readonly Option<double> Beta2 = new("--adam-beta2")
    {
        Description = "Decay of its second moment.", HelpName = "X", DefaultValueFactory = _ => 0.999,
    };

    private static readonly Option<double> Epsilon = new("--adam-epsilon")
    {
        Description = "Added to the root of the second moment.", HelpName = "X", DefaultValueFactory = _ => 1e-8,
    };

    private static readonly Option<double> WeightDecay = new("--weight-decay")
    {
        Description = "Decoupled weight decay.", HelpName = "X", DefaultValueFactory = _ => 0,
    };

    private static readonly Option<double> MaxGradNorm = new("--max-grad-norm")
    {
        Description = "Norm that the gradient is clipped to.", HelpName = "X", DefaultValueFactory = _ => 1,
    };

    private static readonly Option<double> LoraPlus = new("--loraplus-lr-ratio")
    {
        Description = "What B learns faster than A by (LoRA+).", HelpName = "X", DefaultValueFactory = _ => 1,
    };

    private static readonly Option<double> LabelSmoothing = new("--label-smoothing-factor")
    {
        Description = "Share of each label that is spread over the vocabulary.", HelpName = "X", DefaultValueFactory = _ => 0,
    };

    private static readonly Option<double> Neftune = new("--neftune-noise-alpha")
    {
        Description = "Noise on the input embeddings (NEFTune), such as 5.", HelpName = "X", DefaultValueFactory = _ => 0,
    };

    private static readonly Option<bool?> GradientCheckpointing = new("--gradient-checkpointing")
    {
        Description = "Compute activations again instead of keeping them. Default: where they would take more than a gigabyte.",
        HelpName = "true|false",
    };

    private static readonly Option<bool> Packing = new("--packing")
    {
        Description = "Put short samples behind each other in rows of --max-length tokens; none sees another.",
    };

    private static readonly Option<bool> GroupByLength = new("--group-by-length")
    {
        Description = "Bring samples of like length together, so that less is padded.",
    };

    /// <summary>How long and in which portions.</summary>
    public static IReadOnlyList<Option> Length { get; } = [Steps, Epochs, BatchSize, Accumulation];

    /// <summary>How the values are changed.</summary>
    public static IReadOnlyList<Option> Optimization { get; } =
    [
        LearningRate, Scheduler, WarmupRatio, WarmupSteps, DecayRatio, Optim, Beta1, Beta2, Epsilon, WeightDecay, MaxGradNorm, LoraPlus,
    ];

    /// <summary>What makes what is learned hold for other data too.</summary>
    public static IReadOnlyList<Option> Regularization { get; } = [LabelSmoothing, Neftune];

    /// <summary>Time against memory.</summary>
    public static IReadOnlyList<Option> Resources { get; } = [Packing, GroupByLength, GradientCheckpointing];

    /// <summary>What a run's memory depends on.</summary>
    public static IReadOnlyList<Option> Memory { get; } = [BatchSize, Optim, GradientCheckpointing];

    /// <summary>The memory that a run with these options would have resident.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="model">The model, without weights.</param>
    /// <param name="plan">Its plan.</param>
    /// <param name="length">Tokens of a sample at most.</param>
    public static TrainingMemory MemoryOf(ParseResult parsed, CausalLM model, MemoryPlan plan, int length)
    {
        int batch = parsed.GetValue(BatchSize) ?? DefaultBatchSize;
        return batch < 1 ? throw new QLoraException($"--batch-size is {batch}: use at least 1.") : TrainingMemory.Of(
            model, plan, OptimizerTypes.Parse(parsed.GetRequiredValue(Optim)), (long)batch * length, parsed.GetValue(GradientCheckpointing));
    }

    /// <summary>The training run that the options mean.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="samples">What is learned.</param>
    /// <param name="length">Tokens of a sample at most.</param>
    public static TrainingOptions Options(ParseResult parsed, IReadOnlyList<TokenizedSample> samples, int length)
    {
        if (parsed.GetValue(Steps) is { } given && parsed.GetValue(Epochs) is { } passes)
        {
            throw new QLoraException($"--steps is {given} and --epochs is {passes}: give one of them, for each says how long to train.");
        }
        bool builtIn = parsed.GetValue(SharedOptions.Model) is null && parsed.GetValue(SharedOptions.Data) is null;
        int batch = parsed.GetValue(BatchSize) ?? (builtIn ? DefaultRecipe.BatchSize : DefaultBatchSize);
        int accumulation = parsed.GetValue(Accumulation);
        int? steps = parsed.GetValue(Steps) ?? (builtIn && parsed.GetValue(Epochs) is null ? DefaultRecipe.Steps : null);
        int packed = parsed.GetValue(Packing) ? length : 0;
        int portions = packed > 0 ? SampleOrder.Portions(samples, packed) : samples.Count;
        return new TrainingOptions
        {
            Steps = steps ?? StepsOf(parsed.GetValue(Epochs) ?? 1, portions, Math.Max(1, (long)batch * accumulation)),
            BatchSize = batch,
            GradientAccumulation = accumulation,
            LearningRate = parsed.GetValue(LearningRate) ?? (builtIn ? DefaultRecipe.LearningRate : 2e-4),
            Scheduler = SchedulerTypes.Parse(parsed.GetRequiredValue(Scheduler)),
            WarmupRatio = parsed.GetValue(WarmupRatio),
            WarmupSteps = parsed.GetValue(WarmupSteps),
            DecayRatio = parsed.GetValue(DecayRatio),
            Optimizer = OptimizerTypes.Parse(parsed.GetRequiredValue(Optim)),
            AdamBeta1 = parsed.GetValue(Beta1),
            AdamBeta2 = parsed.GetValue(Beta2),
            AdamEpsilon = parsed.GetValue(Epsilon),
            WeightDecay = parsed.GetValue(WeightDecay),
            MaxGradNorm = parsed.GetValue(MaxGradNorm),
            LoraPlusRatio = parsed.GetValue(LoraPlus),
            LabelSmoothing = parsed.GetValue(LabelSmoothing),
            NeftuneNoiseAlpha = parsed.GetValue(Neftune),
            PackingLength = packed,
            GroupByLength = parsed.GetValue(GroupByLength),
            GradientCheckpointing = parsed.GetValue(GradientCheckpointing),
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

    private static Option<string> MakeScheduler()
    {
        var option = new Option<string>("--lr-scheduler-type")
        {
            Description = $"How the learning rate goes after the warm-up: {string.Join(", ", SchedulerTypes.Names)}.", HelpName = "NAME",
            DefaultValueFactory = _ => SchedulerTypes.Names[0],
        };
        return option.AcceptOnlyFromAmong([.. SchedulerTypes.Names]);
    }
}
