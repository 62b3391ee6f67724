namespace QLoraGen.Kernels;

/// <summary>
/// What the fused products need of a vector type, so that one source serves AVX2 and AVX-512. A group is the values of
/// <see cref="Count"/> bytes of codes: those at even positions in one vector, those at odd positions in another.
/// </summary>
/// <typeparam name="TVector">A register of floats.</typeparam>
/// <typeparam name="TBook">The codebook, in as many registers as it takes.</typeparam>
internal unsafe interface ILanes<TVector, TBook> where TVector : unmanaged where TBook : unmanaged
{
    /// <summary>Floats in a register.</summary>
    static abstract int Count { get; }

    /// <summary>The codebook in registers.</summary>
    static abstract TBook Book(float* codebook);

    /// <summary>The unscaled values of a group.</summary>
    static abstract void Look(byte* codes, in TBook book, out TVector even, out TVector odd);

    /// <summary>A register from memory.</summary>
    static abstract TVector Load(float* from);

    /// <summary>A register to memory.</summary>
    static abstract void Store(TVector value, float* to);

    /// <summary>The same value in every lane.</summary>
    static abstract TVector Broadcast(float value);

    /// <summary>a * b.</summary>
    static abstract TVector Multiply(TVector a, TVector b);

    /// <summary>a * b + c, rounded once.</summary>
    static abstract TVector MultiplyAdd(TVector a, TVector b, TVector c);

    /// <summary>a + b.</summary>
    static abstract TVector Add(TVector a, TVector b);

    /// <summary>The sum of the lanes.</summary>
    static abstract float Sum(TVector value);
}
