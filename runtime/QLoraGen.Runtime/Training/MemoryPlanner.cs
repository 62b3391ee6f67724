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
        public static MemoryPlan Of(CausalLM model, QuantFormat? format, LoraConfig adapter, Checkpoint? checkpoint = null)
        {
            QuantStateLayout layout = QuantStateLayout.For(model, format, checkpoint);
            IEnumerable<LayoutEntry> quantized = layout.Entries.Where(static entry => entry.Format is not null);
            return new MemoryPlan
            {
                Parameters = layout.Entries.Sum(static entry => entry.Tensor.Count),
                QuantizedParameters = quantized.Sum(static entry => entry.Tensor.Count),
                QuantizedBytes = quantized.Sum(static entry => entry.Slot.Length),
                FrozenBytes = layout.Length,
                TrainableParameters = AdapterTargets.Of(model).Trained(adapter).Sum(static tensor => tensor.Count),
            };
        }
    }
}
