using QLoraGen.Kernels;
using QLoraGen.Native;
using static TorchSharp.torch;

namespace QLoraGen;

/// <summary>AdamW with both moments in fp32.</summary>
internal sealed unsafe class AdamWOptimizer : Optimizer
{
    private readonly Tensor first, second;

    public AdamWOptimizer(IReadOnlyList<TrainedTensor> tensors) : base(tensors)
    {
        long count = tensors.Sum(static tensor => tensor.Count);
        (first, second) = (zeros(count).DetachFromDisposeScope(), zeros(count).DetachFromDisposeScope());
    }

    public override IReadOnlyList<(string Name, Tensor Values)> State => [("exp_avg", first), ("exp_avg_sq", second)];

    private protected override void Update(int index, long offset, float* values, float* gradients, in AdamWStep step) => AdamW.Update(
        values, gradients, TensorMemory.Floats(first) + offset, TensorMemory.Floats(second) + offset, Tensors[index].Count, step);
}
