using System.Numerics;

namespace QLoraGen.Kernels;

/// <summary>
/// The 256 absmax that the 8-bit codes of one nested block can stand for, computed once for its 256 blocks, which leaves them
/// one load each: the same bits as <see cref="QuantizedWeight.AbsmaxOf"/>. The weight is double-quantized.
/// </summary>
/// <param name="w">The weight.</param>
/// <param name="table">Room for <see cref="Length"/> floats.</param>
internal unsafe struct AbsmaxTable(in QuantizedWeight w, float* table)
{
    /// <summary>Floats that a table takes.</summary>
    public const int Length = DynamicMap.Length;

    private readonly float* map = w.NestedMap, nested = w.NestedAbsmax;
    private readonly float offset = *w.NestedOffset;
    private long current = -1;

    /// <summary>The table of the nested block that <paramref name="block"/> lies in.</summary>
    public float* Of(long block)
    {
        block /= QuantFormat.NestedBlockSize;
        if (block != current)
        {
            current = block;
            var scale = new Vector<float>(nested[block]);
            var mean = new Vector<float>(offset);
            for (int i = 0; i < Length; i += Vector<float>.Count)
            {
                Vector<float> scaled = Vector.Load(map + i) * scale; // never a fused multiply-add: see QuantizedWeight.AbsmaxOf
                Vector.Store(scaled + mean, table + i);
            }
        }
        return table;
    }
}
