namespace QLoraGen;

/// <summary>How a training run goes; the defaults are QLoRA's for small models (arXiv 2305.14314, appendix B).</summary>
public sealed record TrainingOptions
{
    /// <summary>Optimizer steps.</summary>
    public required int Steps { get; init; }

    /// <summary>Samples of one forward pass.</summary>
    public int BatchSize { get; init; } = 4;

    /// <summary>Forward passes whose gradients make one optimizer step.</summary>
    public int GradientAccumulation { get; init; } = 1;

    /// <summary>Peak learning rate of AdamW.</summary>
    public double LearningRate { get; init; } = 2e-4;

    /// <summary>How the learning rate goes after the warm-up.</summary>
    public SchedulerType Scheduler { get; init; } = SchedulerType.Cosine;

    /// <summary>Share of the steps over which the learning rate rises from 0.</summary>
    public double WarmupRatio { get; init; } = 0.03;

    /// <summary>Steps over which the learning rate rises from 0; 0 leaves it to <see cref="WarmupRatio"/>.</summary>
    public int WarmupSteps { get; init; }

    /// <summary>Share of the steps, at the end, over which <see cref="SchedulerType.WarmupStableDecay"/> goes to 0.</summary>
    public double DecayRatio { get; init; } = 0.2;

    /// <summary>What keeps AdamW's moments.</summary>
    public OptimizerType Optimizer { get; init; } = OptimizerType.AdamW;

    /// <summary>Decay of AdamW's first moment.</summary>
    public double AdamBeta1 { get; init; } = 0.9;

    /// <summary>Decay of AdamW's second moment.</summary>
    public double AdamBeta2 { get; init; } = 0.999;

    /// <summary>What AdamW adds to the root of the second moment.</summary>
    public double AdamEpsilon { get; init; } = 1e-8;

    /// <summary>Decoupled weight decay.</summary>
    public double WeightDecay { get; init; }

    /// <summary>What B learns faster than A by (LoRA+, arXiv 2402.12354); 1 is plain LoRA.</summary>
    public double LoraPlusRatio { get; init; } = 1;

    /// <summary>The norm that the gradient is clipped to.</summary>
    public double MaxGradNorm { get; init; } = 1.0;

    /// <summary>Share of each label that is spread over the whole vocabulary, in [0, 1).</summary>
    public double LabelSmoothing { get; init; }

    /// <summary>
    /// Uniform noise on the input embeddings in training, in units of 1 / sqrt(tokens * width) (NEFTune, arXiv 2310.05914); 0 is none.
    /// </summary>
    public double NeftuneNoiseAlpha { get; init; }

    /// <summary>Whether samples of like length come together, so that less is padded.</summary>
    public bool GroupByLength { get; init; }

    /// <summary>
    /// Tokens up to which samples are packed one behind the other; a forward pass then has <see cref="BatchSize"/> such portions in a single
    /// row, without padding, and no sample sees another. 0 lays samples side by side.
    /// </summary>
    public int PackingLength { get; init; }

    /// <summary>Steps between two checkpoints; 0 saves none but where the run is stopped by hand.</summary>
    public int SaveSteps { get; init; }

    /// <summary>Checkpoints that are kept, the newest; the best one stays besides. Null keeps all.</summary>
    public int? SaveTotalLimit { get; init; }

    /// <summary>Steps between two measurements of the held-out samples; 0 measures them where a checkpoint is saved.</summary>
    public int EvalSteps { get; init; }

    /// <summary>Steps between two entries of the log; 0 makes at most a thousand of them.</summary>
    public int LoggingSteps { get; init; }

    /// <summary>Whether the run ends with the values of the best checkpoint.</summary>
    public bool LoadBestModelAtEnd { get; init; }

    /// <summary>
    /// Whether blocks compute their activations again in the backward pass instead of keeping them: a third more time for far less
    /// memory. Null: where a forward pass would keep more than a gigabyte.
    /// </summary>
    public bool? GradientCheckpointing { get; init; }

    /// <summary>Of the order of samples, of dropout and of noise.</summary>
    public long Seed { get; init; } = 42;

    /// <summary>Steps between two entries of the log.</summary>
    internal int LoggedEvery => LoggingSteps > 0 ? LoggingSteps : Math.Max(1, Steps / 1000);

    /// <summary>Whether a step has an entry in the log.</summary>
    /// <param name="step">From 1.</param>
    internal bool Logs(int step) => step % LoggedEvery == 0 || step == Steps;

    /// <summary>What a run's result depends on, under the names of Transformers' TrainingArguments where there are any.</summary>
    public IEnumerable<(string Name, object Value)> Named() =>
    [
        ("max_steps", Steps), ("per_device_train_batch_size", BatchSize), ("gradient_accumulation_steps", GradientAccumulation),
        ("learning_rate", LearningRate), ("lr_scheduler_type", SchedulerTypes.NameOf(Scheduler)), ("warmup_ratio", WarmupRatio),
        ("warmup_steps", WarmupSteps), ("decay_ratio", DecayRatio), ("optim", Optimizer == OptimizerType.AdamW ? "adamw_torch" : "adamw_8bit"),
        ("adam_beta1", AdamBeta1), ("adam_beta2", AdamBeta2), ("adam_epsilon", AdamEpsilon), ("weight_decay", WeightDecay),
        ("loraplus_lr_ratio", LoraPlusRatio), ("max_grad_norm", MaxGradNorm), ("label_smoothing_factor", LabelSmoothing),
        ("neftune_noise_alpha", NeftuneNoiseAlpha), ("group_by_length", GroupByLength), ("packing", PackingLength), ("seed", Seed),
    ];

    /// <summary>Gives the options back where a run can be made from them.</summary>
    /// <exception cref="QLoraException">A value is out of its range; the message names it and the fix.</exception>
    public TrainingOptions Validate()
    {
        Require(Steps >= 1, "steps", Steps, "at least 1");
        Require(BatchSize >= 1, "batch-size", BatchSize, "at least 1");
        Require(GradientAccumulation >= 1, "gradient-accumulation", GradientAccumulation, "at least 1");
        Require(LearningRate > 0 && double.IsFinite(LearningRate), "lr", LearningRate, "a number above 0, such as 2e-4");
        Require(WarmupRatio is >= 0 and < 1, "warmup-ratio", WarmupRatio, "a share in [0, 1)");
        Require(WarmupSteps >= 0, "warmup-steps", WarmupSteps, "0 or more");
        Require(DecayRatio is > 0 and <= 1, "decay-ratio", DecayRatio, "a share in (0, 1]");
        Require(AdamBeta1 is >= 0 and < 1, "adam-beta1", AdamBeta1, "a number in [0, 1), such as 0.9");
        Require(AdamBeta2 is >= 0 and < 1, "adam-beta2", AdamBeta2, "a number in [0, 1), such as 0.999");
        Require(AdamEpsilon > 0 && double.IsFinite(AdamEpsilon), "adam-epsilon", AdamEpsilon, "a number above 0, such as 1e-8");
        Require(WeightDecay >= 0 && double.IsFinite(WeightDecay), "weight-decay", WeightDecay, "0 or more");
        Require(LoraPlusRatio > 0 && double.IsFinite(LoraPlusRatio), "loraplus-lr-ratio", LoraPlusRatio, "a number above 0, such as 16");
        Require(MaxGradNorm > 0, "max-grad-norm", MaxGradNorm, "a number above 0, such as 1");
        Require(LabelSmoothing is >= 0 and < 1, "label-smoothing-factor", LabelSmoothing, "a share in [0, 1)");
        Require(NeftuneNoiseAlpha >= 0 && double.IsFinite(NeftuneNoiseAlpha), "neftune-noise-alpha", NeftuneNoiseAlpha, "0 or more, such as 5");
        Require(PackingLength >= 0, "packing", PackingLength, "0 or more tokens");
        Require(SaveSteps >= 0, "save-steps", SaveSteps, "0 or more");
        Require(SaveTotalLimit is null or >= 1, "save-total-limit", SaveTotalLimit ?? 0, "at least 1");
        Require(EvalSteps >= 0, "eval-steps", EvalSteps, "0 or more");
        Require(LoggingSteps >= 0, "logging-steps", LoggingSteps, "0 or more");
        return this;
    }

    private static void Require(bool valid, string name, double value, string use)
    {
        if (!valid)
        {
            throw new QLoraException($"{name} is {value}: use {use}.");
        }
    }
}
