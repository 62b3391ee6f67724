using QLoraGen.Data;

namespace QLoraGen;

/// <summary>
/// The host's memory that a fine-tune is going to have resident at its peak, in bytes: a <see cref="MemoryPlan"/> with the optimizer that is
/// chosen, and what depends on the length of a forward pass.
/// </summary>
public sealed record TrainingMemory
{
    // Measured: .NET, libtorch's code and what both keep for themselves.
    private const long Process = 260_000_000;

    // What a block keeps and computes at the most, in units of what goes into and out of its linear layers.
    private const double BlockFactor = 1.9;

    // Without recomputing, what each block keeps for the backward pass, in the same unit.
    private const double KeptFactor = 1.2;

    // A mapped row of a table brings its neighbours along.
    private const long MappedAtOnce = 1 << 16;

    /// <summary>The frozen region, without rows of the table of embeddings that no token asks for.</summary>
    public required long FrozenBytes { get; init; }

    /// <summary>What trains, fp32.</summary>
    public required long AdapterBytes { get; init; }

    /// <summary>Its gradients, fp32.</summary>
    public required long GradientBytes { get; init; }

    /// <summary>AdamW's two moments.</summary>
    public required long OptimizerBytes { get; init; }

    /// <summary>What forward and backward pass keep, an estimate.</summary>
    public required long ActivationBytes { get; init; }

    /// <summary>The process without any model.</summary>
    public long ProcessBytes => Process;

    /// <summary>Whether blocks compute their activations again.</summary>
    public required bool Recomputes { get; init; }

    /// <summary>All of it.</summary>
    public long TotalBytes => FrozenBytes + AdapterBytes + GradientBytes + OptimizerBytes + ActivationBytes + ProcessBytes;

    /// <summary>Predicts a run of a model as it is, on the CPU.</summary>
    /// <param name="model">With weights and adapters.</param>
    /// <param name="options">How it is trained.</param>
    /// <param name="samples">What is learned, at least one.</param>
    public static TrainingMemory Of(CausalLM model, TrainingOptions options, IReadOnlyList<TokenizedSample> samples) => Of(
        model, MemoryPlan.Of(model), options.Optimizer, ActivationMemory.Tokens(options, samples), options.GradientCheckpointing);

    /// <summary>Predicts a run on the CPU.</summary>
    /// <param name="model">The model; it needs no weights yet.</param>
    /// <param name="plan">Its plan.</param>
    /// <param name="optimizer">What keeps the moments.</param>
    /// <param name="tokens">Of a forward pass: samples of a batch times their length.</param>
    /// <param name="recomputes">Whether blocks recompute; null as <see cref="TrainingOptions.GradientCheckpointing"/>.</param>
    public static TrainingMemory Of(CausalLM model, MemoryPlan plan, OptimizerType optimizer, long tokens, bool? recomputes = null)
    {
        bool again = recomputes ?? ActivationMemory.IsWorthwhile(model, tokens);
        return new TrainingMemory
        {
            FrozenBytes = plan.FrozenBytes - Unread(model, tokens),
            AdapterBytes = plan.AdapterBytes,
            GradientBytes = plan.GradientBytes,
            OptimizerBytes = optimizer == OptimizerType.AdamW8Bit ? 2 * plan.TrainableParameters : plan.OptimizerBytes,
            ActivationBytes = Activations(model, tokens, again),
            Recomputes = again,
        };
    }

    private static long Activations(CausalLM model, long tokens, bool again)
    {
        ModelConfig config = model.Config;
        long layers = config.NumHiddenLayers, stream = 4 * tokens * config.HiddenSize, all = ActivationMemory.Estimate(model, tokens);
        double blocks = again ? (layers * stream) + (BlockFactor * all / layers) : (KeptFactor * all) + (BlockFactor * all / layers);
        return (long)Math.Max(blocks + (2 * stream), (layers * stream) + LanguageModelLoss.ChunkBytes(config.VocabSize, tokens));
    }

    private static long Unread(CausalLM model, long tokens)
    {
        // A head that is tied to the table reads all of it.
        bool isTied = model.modules().OfType<Linear>().All(layer => layer.OutFeatures != model.Config.VocabSize);
        if (isTied || model.modules().OfType<Embedding>().FirstOrDefault() is not { } table)
        {
            return 0;
        }
        long bytes = 2 * table.Weight.Count, row = Math.Max(2 * table.Weight.RowLength, MappedAtOnce);
        return Math.Max(0, bytes - (tokens * row));
    }
}
