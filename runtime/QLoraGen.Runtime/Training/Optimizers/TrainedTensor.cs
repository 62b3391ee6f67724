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

    /// <summary>Everything that an arena holds, in its order.</summary>
    /// <param name="arena">The arena.</param>
    /// <param name="loraPlusRatio">What B learns faster by (LoRA+, arXiv 2402.12354); 1 is plain LoRA.</param>
    public static IReadOnlyList<TrainedTensor> Of(AdapterArena arena, double loraPlusRatio) =>
    [
        .. arena.Views.Select(view => new TrainedTensor(
            view.Tensor.Name.Replace(".weight", "", StringComparison.Ordinal), view.Value, view.Tensor.Role is AdapterRole.B or AdapterRole.BiasOfB ? loraPlusRatio : 1)),
    ];
}
