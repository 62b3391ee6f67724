using System.Buffers.Binary;
using System.Text;
using QLoraGen.Tokenization;

namespace QLoraGen.Tests.Tokenization;

/// <summary>Writes small SentencePiece models, laid out by sentencepiece_model.proto.</summary>
internal sealed class SmallSentencePiece
{
    private readonly List<byte> pieces = [], trainer = [], normalizer = [];

    public SmallSentencePiece(bool unigram)
    {
        Number(trainer, 3, unigram ? 1 : 2);
        Piece("<unk>", 0, PieceType.Unknown).Piece("<s>", 0, PieceType.Control).Piece("</s>", 0, PieceType.Control);
    }

    public SmallSentencePiece Piece(string text, float score = 0, PieceType type = PieceType.Normal)
    {
        List<byte> piece = [];
        Bytes(piece, 1, Encoding.UTF8.GetBytes(text));
        byte[] bits = new byte[4];
        BinaryPrimitives.WriteSingleLittleEndian(bits, score);
        piece.AddRange([(2 << 3) | 5, .. bits]);
        Number(piece, 3, (int)type);
        Bytes(pieces, 1, [.. piece]);
        return this;
    }

    /// <summary>Adds the 256 bytes, which come to stand at the ids that follow.</summary>
    public SmallSentencePiece ByteFallback()
    {
        for (int value = 0; value < 256; value++)
        {
            Piece($"<0x{value:X2}>", 0, PieceType.Byte);
        }
        return this;
    }

    /// <summary>add_dummy_prefix (3), remove_extra_whitespaces (4), escape_whitespaces (5).</summary>
    public SmallSentencePiece Switch(int field, bool on)
    {
        Number(normalizer, field, on ? 1 : 0);
        return this;
    }

    public SmallSentencePiece Charsmap(byte[] map)
    {
        Bytes(normalizer, 2, map);
        return this;
    }

    public byte[] Write()
    {
        List<byte> model = [.. pieces];
        Bytes(model, 2, [.. trainer]);
        Bytes(model, 3, [.. normalizer]);
        return [.. model];
    }

    private static void Number(List<byte> to, int field, int value)
    {
        Varint(to, field << 3);
        Varint(to, value);
    }

    private static void Bytes(List<byte> to, int field, byte[] bytes)
    {
        Varint(to, (field << 3) | 2);
        Varint(to, bytes.Length);
        to.AddRange(bytes);
    }

    private static void Varint(List<byte> to, int value)
    {
        for (; value > 127; value >>= 7)
        {
            to.Add((byte)(value | 128));
        }
        to.Add((byte)value);
    }
}
