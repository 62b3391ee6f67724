namespace QLoraGen.Kernels;

/// <summary>
/// What the kernels need of a vector type, so that one source serves every width. A group is the 2 * <see cref="Count"/>
/// values of <see cref="Count"/> bytes of codes, in two registers: in the order in which they lie, or, where
/// <see cref="SplitsPairs"/>, those at even positions in the first and those at odd ones in the second.
/// </summary>
/// <typeparam name="TVector">A register of floats.</typeparam>
/// <typeparam name="TBook">The codebook, times a block's absmax, in as many registers as it takes.</typeparam>
internal unsafe interface ILanes<TVector, TBook> where TVector : unmanaged where TBook : unmanaged
{
    /// <summary>Floats in a register.</summary>
    static abstract int Count { get; }

    /// <summary>Whether a lookup gives even and odd positions apart, as the two nibbles of a byte come apart.</summary>
    static abstract bool SplitsPairs { get; }

    /// <summary>The codebook, unscaled.</summary>
    static abstract TBook Book(float* codebook);

    /// <summary>The codebook times an absmax: sixteen products serve a whole block.</summary>
    static abstract TBook Scale(in TBook book, float absmax);

    /// <summary>The values of a group.</summary>
    static abstract void Look(byte* codes, in TBook book, out TVector first, out TVector second);

    /// <summary>A group in the order in which it lies.</summary>
    static abstract void Sort(ref TVector first, ref TVector second);

    /// <summary>Stores a group, as <see cref="Look"/> gives it, in bfloat16 (to nearest even) and in the order in which it lies.</summary>
    static abstract void StoreBFloat16(TVector first, TVector second, ushort* to);

    /// <summary>A register from memory.</summary>
    static abstract TVector Load(float* from);

    /// <summary>A register to memory.</summary>
    static abstract void Store(TVector value, float* to);

    /// <summary>The same value in every lane.</summary>
    static abstract TVector Broadcast(float value);

    /// <summary>a * b.</summary>
    static abstract TVector Multiply(TVector a, TVector b);

    /// <summary>a * b + c, rounded once where the processor can.</summary>
    static abstract TVector MultiplyAdd(TVector a, TVector b, TVector c);

    /// <summary>a + b.</summary>
    static abstract TVector Add(TVector a, TVector b);

    /// <summary>The sum of the lanes.</summary>
    static abstract float Sum(TVector value);
}
