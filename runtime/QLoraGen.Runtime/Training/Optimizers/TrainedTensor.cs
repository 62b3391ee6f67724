using TorchSharp.Modules;

namespace QLoraGen;

/// <summary>A parameter that an optimizer changes.</summary>
/// <param name="Name">What it is called where something is said of it.</param>
/// <param name="Value">Contiguous, fp32.</param>
/// <param name="LearningRateScale">What the learning rate is multiplied with for it.</param>
public sealed record TrainedTensor(string Name, Parameter Value, double LearningRateScale = 1)
{
    /// <summary>Number of values.</summary>
    public long Count { get; } = Value.numel();

    /// <summary>A and B of every adapter of an arena, in its order.</summary>
    /// <param name="arena">The arena.</param>
    /// <param name="loraPlusRatio">What B learns faster by (LoRA+, arXiv 2402.12354); 1 is plain LoRA.</param>
    public static IReadOnlyList<TrainedTensor> Of(AdapterArena arena, double loraPlusRatio) =>
        [.. arena.Adapters.SelectMany(adapter => (TrainedTensor[])
        [
            new($"{adapter.Path}.lora_A", adapter.A),
            new($"{adapter.Path}.lora_B", adapter.B, loraPlusRatio),
        ])];
}
