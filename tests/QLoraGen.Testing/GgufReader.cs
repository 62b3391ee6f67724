using System.Buffers.Binary;
using System.Text;
using Xunit;

namespace QLoraGen.Testing;

/// <summary>
/// GGUF files read back, by the format's description alone (https://github.com/ggml-org/ggml/blob/master/docs/gguf.md) and as
/// strictly as ggml's own reader: version 3, known types, no key or tensor twice, each tensor's data right behind the one before it,
/// padded to the alignment, and the file no shorter and no longer than that.
/// </summary>
public sealed class GgufReader
{
    private readonly byte[] file;
    private int position;

    private GgufReader(byte[] file) => this.file = file;

    /// <summary>Keys and values in the order of the file: numbers as double, texts as string, arrays as object[].</summary>
    public Dictionary<string, object> Metadata { get; } = [];

    /// <summary>Tensors by name, in the order of the file.</summary>
    public Dictionary<string, GgufTensor> Tensors { get; } = [];

    /// <summary>Reads a file and checks all of it.</summary>
    public static GgufReader Read(string path)
    {
        var reader = new GgufReader(System.IO.File.ReadAllBytes(path));
        reader.ReadAll();
        return reader;
    }

    private void ReadAll()
    {
        Assert.Equal("GGUF", Encoding.ASCII.GetString(Take(4)));
        Assert.Equal(3u, U32());
        int tensors = Count(), keys = Count();
        for (int i = 0; i < keys; i++)
        {
            string key = Text();
            Assert.Matches(@"\A[a-z0-9_]+(\.[a-z0-9_]+)*\z", key);
            Assert.True(Metadata.TryAdd(key, Value(U32())), $"{key} is there twice");
        }
        List<(string Name, long[] Sizes, uint Type, long Offset)> infos = [];
        for (int i = 0; i < tensors; i++)
        {
            string name = Text();
            Assert.InRange(Encoding.UTF8.GetByteCount(name), 1, 63);   // GGML_MAX_NAME is 64, with the zero at the end
            uint dims = U32();
            Assert.InRange(dims, 1u, 4u);
            long[] sizes = [.. Enumerable.Range(0, (int)dims).Select(_ => (long)Count())];
            infos.Add((name, sizes, U32(), checked((long)U64())));
        }
        int alignment = Metadata.TryGetValue("general.alignment", out object? given) ? (int)(double)given : 32;
        int start = Aligned(position, alignment);
        Assert.All(file[position..start], static padding => Assert.Equal(0, padding));
        long next = 0;
        foreach ((string name, long[] sizes, uint type, long offset) in infos)
        {
            Assert.Equal(next, offset);
            int width = type switch { 0 => 4, 1 => 2, 30 => 2, _ => throw new InvalidDataException($"{name}: type {type}") };
            int length = checked((int)sizes.Aggregate((long)width, static (product, size) => checked(product * size)));
            byte[] bytes = file.AsSpan(start + (int)offset, length).ToArray();
            Assert.True(Tensors.TryAdd(name, new GgufTensor(sizes, type, Floats(bytes, type))), $"{name} is there twice");
            next = Aligned((int)offset + length, alignment);
        }
        Assert.Equal(start + next, file.Length);
    }

    private static float[] Floats(byte[] bytes, uint type) => type switch
    {
        0 => [.. bytes.Chunk(4).Select(static b => BinaryPrimitives.ReadSingleLittleEndian(b))],
        1 => [.. bytes.Chunk(2).Select(static b => (float)BinaryPrimitives.ReadHalfLittleEndian(b))],
        _ => [.. bytes.Chunk(2).Select(static b => BitConverter.Int32BitsToSingle(BinaryPrimitives.ReadUInt16LittleEndian(b) << 16))],
    };

    private object Value(uint type) => type switch
    {
        0 => (double)Take(1)[0],
        1 => (double)(sbyte)Take(1)[0],
        2 => (double)BinaryPrimitives.ReadUInt16LittleEndian(Take(2)),
        3 => (double)BinaryPrimitives.ReadInt16LittleEndian(Take(2)),
        4 => (double)U32(),
        5 => (double)(int)U32(),
        6 => (double)BinaryPrimitives.ReadSingleLittleEndian(Take(4)),
        7 => (double)Take(1)[0],
        8 => Text(),
        9 => Array(),
        10 => (double)U64(),
        11 => (double)(long)U64(),
        12 => BinaryPrimitives.ReadDoubleLittleEndian(Take(8)),
        _ => throw new InvalidDataException($"no type of metadata is {type}"),
    };

    private object[] Array()
    {
        uint type = U32();
        int count = Count();
        return [.. Enumerable.Range(0, count).Select(_ => Value(type))];
    }

    private string Text() => new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(Take(Count()));

    private int Count()
    {
        ulong count = U64();
        Assert.True(count <= (ulong)file.Length, $"a count of {count} in a file of {file.Length} bytes");
        return (int)count;
    }

    private uint U32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    private ulong U64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(8));

    private ReadOnlySpan<byte> Take(int length)
    {
        ReadOnlySpan<byte> bytes = file.AsSpan(position, length);
        position += length;
        return bytes;
    }

    private static int Aligned(int position, int alignment) => (position + alignment - 1) / alignment * alignment;
}

/// <summary>A tensor of a GGUF file.</summary>
/// <param name="Sizes">As the file has them: the innermost first.</param>
/// <param name="Type">ggml's number of its type.</param>
/// <param name="Values">Its values.</param>
public sealed record GgufTensor(long[] Sizes, uint Type, float[] Values);
