using System.Buffers.Binary;
using System.Text;

namespace QLoraGen;

/// <summary>A message in Protocol Buffers' wire format, written field by field (https://protobuf.dev/programming-guides/encoding).</summary>
internal sealed class ProtobufMessage
{
    // Wire types, which stand in the lowest three bits of a field's key.
    private const int Varying = 0, EightBytes = 1, Delimited = 2, FourBytes = 5;

    private readonly MemoryStream bytes = new();

    public ReadOnlySpan<byte> Bytes => bytes.GetBuffer().AsSpan(0, (int)bytes.Length);

    public ProtobufMessage Number(int field, int value)
    {
        Key(field, Varying);
        Varint((uint)value);
        return this;
    }

    public ProtobufMessage Number(int field, double value)
    {
        Key(field, EightBytes);
        Span<byte> written = stackalloc byte[sizeof(double)];
        BinaryPrimitives.WriteDoubleLittleEndian(written, value);
        bytes.Write(written);
        return this;
    }

    public ProtobufMessage Number(int field, float value)
    {
        Key(field, FourBytes);
        Span<byte> written = stackalloc byte[sizeof(float)];
        BinaryPrimitives.WriteSingleLittleEndian(written, value);
        bytes.Write(written);
        return this;
    }

    public ProtobufMessage Text(int field, string text) => Part(field, Encoding.UTF8.GetBytes(text));

    public ProtobufMessage Message(int field, ProtobufMessage message) => Part(field, message.Bytes);

    private ProtobufMessage Part(int field, ReadOnlySpan<byte> part)
    {
        Key(field, Delimited);
        Varint((uint)part.Length);
        bytes.Write(part);
        return this;
    }

    private void Key(int field, int wireType) => Varint((uint)((field << 3) | wireType));

    // Seven bits a byte, the lowest first; the eighth says that more follow.
    private void Varint(uint value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            bytes.WriteByte((byte)(value | 0x80));
        }
        bytes.WriteByte((byte)value);
    }
}
