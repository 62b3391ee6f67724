using System.Runtime.CompilerServices;

namespace QLoraGen.Kernels;

/// <summary>
/// The absmax of consecutive blocks in fp32, for inner loops that only load them: where they lie, or recovered.
/// </summary>
/// <param name="w">The weight.</param>
/// <param name="table">Room for <see cref="AbsmaxTable.Length"/> floats.</param>
internal unsafe struct AbsmaxRun(in QuantizedWeight w, float* table)
{
    private readonly float* absmax = w.Absmax;
    private readonly byte* codes = w.AbsmaxCodes;
    private AbsmaxTable tables = w.AbsmaxCodes is null ? default : new(w, table);

    /// <summary>Where the absmax of <paramref name="count"/> blocks from <paramref name="block"/> on lie.</summary>
    /// <param name="block">The first block.</param>
    /// <param name="count">Blocks.</param>
    /// <param name="room">Room for them, for when they have to be recovered.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public float* Of(long block, int count, float* room)
    {
        if (codes is null)
        {
            return absmax + block;
        }
        for (long at = block, end = block + count; at < end;)
        {
            float* values = tables.Of(at);
            long next = Math.Min(end, (at | (QuantFormat.NestedBlockSize - 1)) + 1);
            for (; at < next; at++)
            {
                room[at - block] = values[codes[at]];
            }
        }
        return room;
    }
}
