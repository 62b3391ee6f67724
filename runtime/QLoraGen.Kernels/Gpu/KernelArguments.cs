using System.Buffers.Binary;

namespace QLoraGen.Kernels.Gpu;

/// <summary>A kernel's arguments as its parameters lie: each at a multiple of its own size.</summary>
internal ref struct KernelArguments
{
    /// <summary>Bytes that suffice for every kernel.</summary>
    public const int MaxBytes = 256;

    private readonly Span<byte> buffer;

    /// <summary>Writes into a buffer of <see cref="MaxBytes"/>.</summary>
    public KernelArguments(Span<byte> buffer) => this.buffer = buffer;

    /// <summary>Bytes written.</summary>
    public int Length { get; private set; }

    /// <summary>What was written.</summary>
    public readonly ReadOnlySpan<byte> Bytes => buffer[..Length];

    /// <summary>An address or a count.</summary>
    public void Add(long value)
    {
        Length = (Length + 7) & ~7;
        BinaryPrimitives.WriteInt64LittleEndian(buffer[Length..], value);
        Length += 8;
    }

    /// <summary>A size.</summary>
    public void Add(int value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(buffer[Length..], value);
        Length += 4;
    }

    /// <summary>An ILGPU view: an address and a number of elements.</summary>
    public void AddView(nint address, long length)
    {
        Add((long)address);
        Add(length);
    }
}
