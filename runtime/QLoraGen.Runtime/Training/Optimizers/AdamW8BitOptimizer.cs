using QLoraGen.Kernels;
using QLoraGen.Native;
using static TorchSharp.torch;

namespace QLoraGen;

/// <summary>AdamW with both moments in blockwise 8 bits. Blocks begin anew with every tensor: A and B differ in scale.</summary>
internal sealed unsafe class AdamW8BitOptimizer : Optimizer
{
    private readonly Tensor first, firstAbsmax, second, secondAbsmax;
    private readonly long[] firstBlock;

    public AdamW8BitOptimizer(IReadOnlyList<TrainedTensor> tensors) : base(tensors)
    {
        long count = tensors.Sum(static tensor => tensor.Count), blocks = 0;
        firstBlock = new long[tensors.Count];
        foreach ((int i, TrainedTensor tensor) in tensors.Index())
        {
            firstBlock[i] = blocks;
            blocks += AdamW8Bit.Blocks(tensor.Count);
        }
        first = full([count], AdamW8Bit.FirstZero, ScalarType.Byte).DetachFromDisposeScope();
        second = zeros([count], ScalarType.Byte).DetachFromDisposeScope();
        (firstAbsmax, secondAbsmax) = (zeros(blocks).DetachFromDisposeScope(), zeros(blocks).DetachFromDisposeScope());
    }

    public override IReadOnlyList<(string Name, Tensor Values)> State =>
        [("state1", first), ("absmax1", firstAbsmax), ("state2", second), ("absmax2", secondAbsmax)];

    private protected override void Update(int index, long offset, float* values, float* gradients, in AdamWStep step) => AdamW8Bit.Update(
        values, gradients, Moments(first, firstAbsmax, index, offset), Moments(second, secondAbsmax, index, offset), Tensors[index].Count, step);

    private BlockwiseMoments Moments(Tensor codes, Tensor absmax, int index, long offset) =>
        new((byte*)TensorMemory.Pointer(codes) + offset, TensorMemory.Floats(absmax) + firstBlock[index]);
}
