using ILGPU;

namespace QLoraGen.Kernels.Gpu;

/// <summary>Adds up what the layers of a tile kernel's grid have made, in their order.</summary>
internal static class SumKernel
{
    /// <summary>to[i] = bf16 of parts[0, i] + parts[1, i] + ...</summary>
    public static void Run(ArrayView<float> parts, ArrayView<ushort> to, int layers, long count)
    {
        long stride = (long)Grid.DimX * Group.DimX;
        for (long i = ((long)Grid.IdxX * Group.DimX) + Group.IdxX; i < count; i += stride)
        {
            float sum = parts[i];
            for (int layer = 1; layer < layers; layer++)
            {
                sum += parts[layer * count + i];
            }
            to[i] = BFloat16.FromFloat(sum);
        }
    }
}
