using QLoraGen.Data;

namespace QLoraGen;

/// <summary>What a forward pass keeps for the backward pass, and whether to keep less.</summary>
internal static class ActivationMemory
{
    /// <summary>Beyond so many bytes, recomputing is worth its time.</summary>
    private const long Worthwhile = 1L << 30;

    /// <summary>
    /// An estimate, in bytes: what goes into and comes out of every linear layer of a block, in fp32. Norms, rotations and attention keep
    /// about as much as is counted twice here.
    /// </summary>
    public static long Estimate(CausalLM model, long tokens) => 4 * tokens * AdapterTargets.Of(model).All
        .Where(static target => target.ByDefault).Sum(static target => target.Layer.AdapterSizes is { } sizes ? (long)sizes.In + sizes.Out : 0);

    /// <summary>Tokens of a run's largest forward pass.</summary>
    public static long Tokens(TrainingOptions options, IReadOnlyList<TokenizedSample> samples) =>
        (long)options.BatchSize * Math.Max(options.PackingLength, samples.Max(static sample => sample.Ids.Length));

    /// <summary>Whether a run recomputes its blocks.</summary>
    public static bool Recomputes(CausalLM model, TrainingOptions options, IReadOnlyList<TokenizedSample> samples) =>
        options.GradientCheckpointing ?? IsWorthwhile(model, Tokens(options, samples));

    /// <summary>Whether recomputing is worth its time for a forward pass of so many tokens.</summary>
    public static bool IsWorthwhile(CausalLM model, long tokens) => Estimate(model, tokens) > Worthwhile;

    /// <summary>Makes blocks recompute, or not.</summary>
    public static void Set(CausalLM model, bool recomputes)
    {
        foreach (IBlocks blocks in model.modules().OfType<IBlocks>())
        {
            blocks.Recomputes = recomputes;
        }
    }

    /// <summary>Makes sure that blocks recompute where that was asked for.</summary>
    /// <exception cref="QLoraException">The model does not go through its blocks in the way that allows it.</exception>
    public static void RequireRecomputed(CausalLM model, TrainingOptions options)
    {
        if (options.GradientCheckpointing == true && model.modules().OfType<IBlocks>().All(static blocks => blocks.Recomputations == 0))
        {
            throw new QLoraException($"gradient-checkpointing is on, but {model.GetType().Name} goes through its blocks by a loop of its own: "
                + "use ModuleList.Through there, or leave the option out.");
        }
    }
}
