using System.Runtime.CompilerServices;

namespace QLoraGen.Kernels;

/// <summary>The absmax of a weight's blocks, for inner loops: the same bits as <see cref="QuantizedWeight.AbsmaxOf"/>.</summary>
internal readonly unsafe struct AbsmaxReader(in QuantizedWeight w)
{
    private readonly void* absmax = w.AbsmaxCodes is null ? w.Absmax : w.AbsmaxCodes;
    private readonly float* map = w.NestedMap;
    private readonly float* nested = w.NestedAbsmax;
    private readonly float offset = w.AbsmaxCodes is null ? 0 : *w.NestedOffset;

    /// <summary>The absmax of a block.</summary>
    public float this[long block]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            if (map is null)
            {
                return ((float*)absmax)[block];
            }
            float scaled = map[((byte*)absmax)[block]] * nested[block >> 8];
            return scaled + offset;
        }
    }
}
