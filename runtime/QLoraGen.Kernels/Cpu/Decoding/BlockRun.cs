namespace QLoraGen.Kernels;

/// <summary>The part of a run of values that lies in one block, and so has one absmax.</summary>
internal readonly struct BlockRun
{
    private readonly long end;
    private readonly int shift;

    private BlockRun(long start, long end, int shift)
    {
        (Start, this.end, this.shift) = (start, end, shift);
        Block = start >> shift;
        Length = (int)(Math.Min(end, (Block + 1) << shift) - start);
    }

    /// <summary>The first part of <paramref name="count"/> values from <paramref name="start"/> on.</summary>
    public BlockRun(in QuantizedWeight w, long start, int count)
        : this(start, start + count, int.Log2(w.Format.BlockSize)) // the block size is a power of two
    {
    }

    /// <summary>The first value.</summary>
    public long Start { get; }

    /// <summary>The block that the values lie in.</summary>
    public long Block { get; }

    /// <summary>Values; 0 behind the last part.</summary>
    public int Length { get; }

    /// <summary>The part that follows.</summary>
    public BlockRun Next => new(Start + Length, end, shift);
}
