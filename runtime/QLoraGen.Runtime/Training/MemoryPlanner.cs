using QLoraGen.Checkpoints;

namespace QLoraGen;

/// <summary>Plans a fine-tune from the model itself; a [Checkpoint] class has the same figures as constants.</summary>
public static class MemoryPlanner
{
    extension(MemoryPlan)
    {
        /// <summary>Plans for a model that needs no weights yet.</summary>
        /// <param name="model">The model.</param>
        /// <param name="format">How its weights would be quantized, or null.</param>
        /// <param name="adapter">The adapters it would get.</param>
        /// <param name="checkpoint">Its weights, where each says itself how it is stored; null to go by the config.</param>
        public static MemoryPlan Of(CausalLM model, QuantFormat? format, LoraConfig adapter, Checkpoint? checkpoint = null) =>
            Of(QuantStateLayout.For(model, format, checkpoint), AdapterTargets.Of(model).Trained(adapter).Sum(static tensor => tensor.Count));

        /// <summary>The plan of a model as it is.</summary>
        /// <param name="model">The model, with its weights and the adapters that are to be trained.</param>
        /// <exception cref="InvalidOperationException">It has no weights, or no active adapters.</exception>
        public static MemoryPlan Of(CausalLM model) => model is { Layout: { } layout, Adapters: { } arena }
            ? Of(layout, arena.Flat.numel())
            : throw new InvalidOperationException("The model has no weights or no adapters: load them first.");
    }

    private static MemoryPlan Of(QuantStateLayout layout, long trainable)
    {
        IEnumerable<LayoutEntry> quantized = layout.Entries.Where(static entry => entry.Format is not null);
        return new MemoryPlan
        {
            Parameters = layout.Entries.Sum(static entry => entry.Tensor.Count),
            QuantizedParameters = quantized.Sum(static entry => entry.Tensor.Count),
            QuantizedBytes = quantized.Sum(static entry => entry.Slot.Length),
            FrozenBytes = layout.Length,
            TrainableParameters = trainable,
        };
    }
}
