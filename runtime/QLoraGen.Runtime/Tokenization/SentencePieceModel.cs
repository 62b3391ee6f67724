using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace QLoraGen.Tokenization;

/// <summary>The kinds of pieces, numbered as in sentencepiece_model.proto.</summary>
internal enum PieceType
{
    Normal = 1,
    Unknown = 2,
    Control = 3,
    UserDefined = 4,
    Unused = 5,
    Byte = 6,
}

/// <summary>
/// What QLoraGen needs to know of a `tokenizer.model`, a protocol buffer message laid out by sentencepiece_model.proto:
/// pieces (field 1), trainer_spec (2) and normalizer_spec (3), with that file's defaults for what is not written.
/// </summary>
internal sealed class SentencePieceModel
{
    private const int Varint = 0, Fixed64 = 1, Bytes = 2, Fixed32 = 5;
    private const int Bpe = 2;

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789ABCDEFabcdef");

    private readonly string file;
    private readonly List<(string Text, PieceType Type)> pieces = [];
    private long modelType = 1, bosId = 1, eosId = 2, charsmap, suffix, escape = 1, prefix = 1, removeExtra = 1;

    private SentencePieceModel(string file) => this.file = file;

    /// <summary>Text and kind of each id.</summary>
    public IReadOnlyList<(string Text, PieceType Type)> Pieces => pieces;

    /// <summary>The trainer's own ids; null where they were switched off (-1).</summary>
    public (int? Bos, int? Eos) Ids => (Id(bosId), Id(eosId));

    public bool AddDummyPrefix => prefix != 0;

    public bool RemoveExtraWhitespaces => removeExtra != 0;

    /// <summary>Reads a model and refuses what <see cref="SentencePieceBpe"/> would get wrong.</summary>
    public static SentencePieceModel Read(string file, ReadOnlySpan<byte> bytes)
    {
        SentencePieceModel model = new(file);
        model.ReadFields(bytes, model.OnModel);
        if (model.pieces.Count == 0)
        {
            throw model.Damaged("it has no pieces");
        }
        foreach ((string text, PieceType type) in model.pieces)
        {
            if (type == PieceType.Byte && !IsByte(text))
            {
                throw model.Damaged($"its byte piece '{text}' is not written like <0x41>");
            }
        }
        model.Require(model.modelType == Bpe, "trainer_spec.model_type", "BPE (2)", $"{model.modelType}");
        model.Require(model.charsmap == 0, "normalizer_spec.precompiled_charsmap", "empty", $"{model.charsmap} bytes");
        model.Require(model.suffix == 0, "trainer_spec.treat_whitespace_as_suffix", "false", "true");
        model.Require(model.escape != 0, "normalizer_spec.escape_whitespaces", "true", "false");
        model.Require(model.pieces.TrueForAll(piece => piece.Type != PieceType.UserDefined), "pieces", "none of them user-defined", "some");
        return model;
    }

    private static bool IsByte(string piece) =>
        piece is ['<', '0', 'x', _, _, '>'] && !piece.AsSpan(3, 2).ContainsAnyExcept(HexDigits);

    private int? Id(long id) => id >= 0 && id < pieces.Count ? (int)id : null;

    private void Require(bool holds, string field, string wanted, string found)
    {
        if (!holds)
        {
            throw new QLoraException($"{file}: {field}: only {wanted} is supported, found {found}. "
                + "Put the checkpoint's tokenizer.json beside it: it is used first.");
        }
    }

    private void OnModel(int field, long value, ReadOnlySpan<byte> message)
    {
        switch (field)
        {
            case 1:
                pieces.Add(("", PieceType.Normal));
                ReadFields(message, OnPiece);
                break;
            case 2:
                ReadFields(message, OnTrainer);
                break;
            case 3:
                ReadFields(message, OnNormalizer);
                break;
        }
    }

    private void OnPiece(int field, long value, ReadOnlySpan<byte> text) => pieces[^1] = field switch
    {
        1 => (Encoding.UTF8.GetString(text), pieces[^1].Type),
        3 => (pieces[^1].Text, (PieceType)value),
        _ => pieces[^1],
    };

    private void OnTrainer(int field, long value, ReadOnlySpan<byte> message) => _ = field switch
    {
        3 => modelType = value,
        24 => suffix = value,
        41 => bosId = value,
        42 => eosId = value,
        _ => 0,
    };

    private void OnNormalizer(int field, long value, ReadOnlySpan<byte> message) => _ = field switch
    {
        2 => charsmap = message.Length,
        3 => prefix = value,
        4 => removeExtra = value,
        5 => escape = value,
        _ => 0,
    };

    private delegate void FieldReader(int field, long value, ReadOnlySpan<byte> message);

    private void ReadFields(ReadOnlySpan<byte> message, FieldReader read)
    {
        while (!message.IsEmpty)
        {
            ulong key = ReadVarint(ref message);
            long value = 0;
            ReadOnlySpan<byte> content = default;
            switch ((int)(key & 7))
            {
                case Varint:
                    value = (long)ReadVarint(ref message);
                    break;
                case Fixed64:
                    value = BinaryPrimitives.ReadInt64LittleEndian(Take(ref message, 8));
                    break;
                case Bytes:
                    content = Take(ref message, ReadVarint(ref message));
                    break;
                case Fixed32:
                    value = BinaryPrimitives.ReadInt32LittleEndian(Take(ref message, 4));
                    break;
                default:
                    throw Damaged($"wire type {key & 7} does not exist in it");
            }
            read((int)Math.Min(key >> 3, int.MaxValue), value, content);
        }
    }

    private ReadOnlySpan<byte> Take(scoped ref ReadOnlySpan<byte> message, ulong length)
    {
        if (length > (ulong)message.Length)
        {
            throw Damaged($"a field of {length} bytes reaches past its end");
        }
        ReadOnlySpan<byte> taken = message[..(int)length];
        message = message[(int)length..];
        return taken;
    }

    private ulong ReadVarint(scoped ref ReadOnlySpan<byte> message)
    {
        ulong value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            byte next = Take(ref message, 1)[0];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }
        throw Damaged("a number in it is longer than 64 bits");
    }

    private QLoraException Damaged(string what) =>
        new($"{file}: not a SentencePiece model: {what}. Download the file again (a Git LFS pointer is not the file itself).");
}
