using System.Buffers.Binary;
using System.Text;
using QLoraGen.Checkpoints;

namespace QLoraGen.Gguf;

/// <summary>
/// Writes GGUF files, version 3, little-endian (https://github.com/ggml-org/ggml/blob/master/docs/gguf.md): a header with counts,
/// metadata, what each tensor is and where its data begins, and the data, each tensor's at a multiple of 32 bytes.
/// </summary>
internal static class GgufFile
{
    private const uint Version = 3;
    private const int Alignment = 32;   // the format's own default, so that no general.alignment need say it

    /// <summary>What a file holds, for a stream that begins with it.</summary>
    /// <param name="metadata">Keys and their values: a string, an unsigned number of 32 bits, or an fp32.</param>
    /// <param name="tensors">Row-major, outermost size first; the file has their sizes the other way round.</param>
    public static Action<Stream> Content(IReadOnlyList<(string Key, object Value)> metadata, IReadOnlyList<TensorToWrite> tensors) => stream =>
    {
        long start = stream.Position;
        stream.Write("GGUF"u8);
        Write(stream, Version);
        Write(stream, (ulong)tensors.Count);
        Write(stream, (ulong)metadata.Count);
        foreach ((string key, object value) in metadata)
        {
            Write(stream, key);
            WriteValue(stream, value);
        }
        long offset = 0;
        foreach (TensorToWrite tensor in tensors)
        {
            WriteInfo(stream, tensor, offset);
            offset = Aligned(offset + tensor.Length);
        }
        foreach (TensorToWrite tensor in tensors)
        {
            Pad(stream, start);
            long begin = stream.Position;
            tensor.Write(stream);
            if (stream.Position - begin != tensor.Length)
            {
                throw new InvalidOperationException($"tensor {tensor.Name} is {tensor.Length} bytes long, but {stream.Position - begin} were written");
            }
        }
        Pad(stream, start);
    };

    private static void WriteInfo(Stream stream, TensorToWrite tensor, long offset)
    {
        Write(stream, tensor.Name);
        Write(stream, (uint)tensor.Shape.Length);
        foreach (long size in tensor.Shape.Reverse())
        {
            Write(stream, (ulong)size);
        }
        Write(stream, TypeOf(tensor.DType));
        Write(stream, (ulong)offset);
    }

    private static void WriteValue(Stream stream, object value)
    {
        switch (value)
        {
            case uint number:
                Write(stream, 4u);
                Write(stream, number);
                break;
            case float number:
                Write(stream, 6u);
                Write(stream, BitConverter.SingleToUInt32Bits(number));
                break;
            case string text:
                Write(stream, 8u);
                Write(stream, text);
                break;
            default:
                throw new ArgumentException($"no metadata is written as {value.GetType()}", nameof(value));
        }
    }

    // ggml's own numbers of its types.
    private static uint TypeOf(TensorDType dtype) => dtype switch
    {
        TensorDType.F32 => 0,
        TensorDType.F16 => 1,
        TensorDType.BF16 => 30,
        _ => throw new ArgumentOutOfRangeException(nameof(dtype), dtype, "not written to GGUF"),
    };

    private static long Aligned(long position) => (position + Alignment - 1) / Alignment * Alignment;

    private static void Pad(Stream stream, long start)
    {
        long position = stream.Position - start;
        stream.Write(stackalloc byte[(int)(Aligned(position) - position)]);
    }

    private static void Write(Stream stream, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        Write(stream, (ulong)bytes.Length);
        stream.Write(bytes);
    }

    private static void Write(Stream stream, uint value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        stream.Write(bytes);
    }

    private static void Write(Stream stream, ulong value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        stream.Write(bytes);
    }
}
