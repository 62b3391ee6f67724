using System.Collections.Immutable;

namespace QLoraGen.Checkpoints;

/// <summary>A tensor for <see cref="SafetensorsWriter"/>.</summary>
public sealed class TensorToWrite
{
    /// <summary>A tensor whose bytes are made while the file is written, so that they need never be in memory together.</summary>
    /// <param name="name">The checkpoint's key.</param>
    /// <param name="dtype">The type of its elements.</param>
    /// <param name="shape">Its sizes, outermost first; empty for a scalar.</param>
    /// <param name="write">Writes exactly <see cref="Length"/> bytes: little-endian, row-major.</param>
    /// <exception cref="ArgumentException">A size is negative, or their product is more than a file can hold.</exception>
    public TensorToWrite(string name, TensorDType dtype, ReadOnlySpan<long> shape, Action<Stream> write)
    {
        Int128 length = dtype.SizeInBytes();
        foreach (long size in shape)
        {
            length *= size;
            if (size < 0 || length > long.MaxValue)
            {
                throw new ArgumentException($"no tensor has the shape {Shapes.Shown(shape)}", nameof(shape));
            }
        }
        (Name, DType, Shape, Length, Write) = (name, dtype, [.. shape], (long)length, write);
    }

    /// <summary>A tensor whose bytes are in memory: little-endian, row-major.</summary>
    /// <exception cref="ArgumentException">There are not as many bytes as the shape needs, or the shape is none.</exception>
    public TensorToWrite(string name, TensorDType dtype, ReadOnlySpan<long> shape, ReadOnlyMemory<byte> bytes)
        : this(name, dtype, shape, stream => stream.Write(bytes.Span))
    {
        if (bytes.Length != Length)
        {
            throw new ArgumentException($"{bytes.Length} bytes for a tensor of {Length}", nameof(bytes));
        }
    }

    /// <summary>A tensor in memory, rounded to nearest, ties to even, while the file is written; until then it must live.</summary>
    /// <param name="name">The checkpoint's key.</param>
    /// <param name="values">Contiguous, fp32.</param>
    /// <param name="dtype">F32, F16 or BF16.</param>
    public static TensorToWrite Of(string name, TorchSharp.torch.Tensor values, TensorDType dtype) =>
        new(name, dtype, values.shape, stream =>
        {
            using TorchSharp.torch.Tensor plain = values.detach();
            RoundedValues.Write(plain, dtype, stream);
        });

    /// <summary>The checkpoint's key.</summary>
    public string Name { get; }

    /// <summary>The type of its elements.</summary>
    public TensorDType DType { get; }

    /// <summary>Its sizes, outermost first; empty for a scalar.</summary>
    public ImmutableArray<long> Shape { get; }

    /// <summary>Its length in bytes.</summary>
    public long Length { get; }

    internal Action<Stream> Write { get; }
}
