using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using QLoraGen.Checkpoints;

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

/// <summary>One piece of a model.</summary>
/// <param name="Text">How it is written; a space is ▁.</param>
/// <param name="Score">The logarithm of its probability, or, in a BPE model, minus the rank of its merge.</param>
/// <param name="Type">Its kind.</param>
internal readonly record struct SentencePiece(string Text, float Score, PieceType Type);

/// <summary>
/// What QLoraGen needs to know of a `tokenizer.model`, a protocol buffer message laid out by sentencepiece_model.proto:
/// pieces (field 1), trainer_spec (2), normalizer_spec (3) and denormalizer_spec (5), with that file's defaults for what is not written.
/// </summary>
internal sealed class SentencePieceModel
{
    private const int Varint = 0, Fixed64 = 1, Bytes = 2, Fixed32 = 5;
    private const int Unigram = 1, Bpe = 2;
    private const long MaxLength = 512_000_000;

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789ABCDEFabcdef");

    private readonly List<SentencePiece> pieces = [];
    private long modelType = 1, bosId = 1, eosId = 2, denormalizer, suffix, escape = 1, prefix = 1, removeExtra = 1;
    private byte[] charsmap = [];

    private SentencePieceModel(string file) => File = file;

    /// <summary>The file that was read.</summary>
    public string File { get; }

    /// <summary>The piece of each id.</summary>
    public IReadOnlyList<SentencePiece> Pieces => pieces;

    /// <summary>Whether it is a unigram model; else it is a BPE model.</summary>
    public bool IsUnigram => modelType == Unigram;

    /// <summary>The trainer's own ids; null where they were switched off (-1).</summary>
    public (int? Bos, int? Eos) Ids => (Id(bosId), Id(eosId));

    /// <summary>The id of the unknown piece, or null.</summary>
    public int? Unk { get; private set; }

    /// <summary>The ids of the 256 bytes, or null where the model does not fall back to bytes.</summary>
    public int[]? ByteIds { get; private set; }

    /// <summary>What characters are replaced by first, or null.</summary>
    public PrecompiledCharsmap? Charsmap { get; private set; }

    public bool AddDummyPrefix => prefix != 0;

    public bool RemoveExtraWhitespaces => removeExtra != 0;

    public bool EscapeWhitespaces => escape != 0;

    /// <summary>Reads a model and refuses what <see cref="SentencePieceTokenizer"/> would get wrong.</summary>
    public static SentencePieceModel Read(string file)
    {
        SentencePieceModel model = new(file);
        model.ReadFields(JsonFile.Read(file, MaxLength), model.OnModel);
        model.Require(model.modelType is Unigram or Bpe, "trainer_spec.model_type", "UNIGRAM (1) and BPE (2)", $"{model.modelType}");
        model.Require(model.suffix == 0, "trainer_spec.treat_whitespace_as_suffix", "false", "true");
        model.Require(model.denormalizer == 0, "denormalizer_spec.precompiled_charsmap", "empty", $"{model.denormalizer} bytes");
        model.CheckPieces();
        model.Charsmap = model.charsmap.Length == 0 ? null : PrecompiledCharsmap.Read(
            model.charsmap, what => new QLoraException($"{file}: normalizer_spec.precompiled_charsmap: {what}."));
        return model;
    }

    private void CheckPieces()
    {
        if (pieces.Count == 0)
        {
            throw Damaged("it has no pieces");
        }
        int[] bytes = new int[256];
        Array.Fill(bytes, -1);
        for (int id = 0; id < pieces.Count; id++)
        {
            (string text, float score, PieceType type) = pieces[id];
            if (type == PieceType.Byte)
            {
                bytes[IsByte(text) ? ByteOf(text) : throw Damaged($"its byte piece '{text}' is not written like <0x41>")] = id;
            }
            else if (type == PieceType.Unknown)
            {
                Unk ??= id;
            }
            else if (!float.IsFinite(score))
            {
                throw Damaged($"the score of its piece '{text}' is not a number");
            }
        }
        int known = bytes.Count(static id => id >= 0);
        ByteIds = known == 256 ? bytes : known == 0 ? null : throw Damaged($"only {known} of its 256 bytes are pieces");
        if (ByteIds is null && Unk is null)
        {
            throw Damaged("it has neither bytes nor an unknown piece, so that not every text can be encoded");
        }
    }

    /// <summary>The value of a byte piece, which is written `&lt;0x41&gt;`.</summary>
    public static byte ByteOf(string piece) => Convert.ToByte(piece.Substring(3, 2), 16);

    private static bool IsByte(string piece) =>
        piece is ['<', '0', 'x', _, _, '>'] && !piece.AsSpan(3, 2).ContainsAnyExcept(HexDigits);

    private int? Id(long id) => id >= 0 && id < pieces.Count ? (int)id : null;

    private void Require(bool holds, string field, string wanted, string found)
    {
        if (!holds)
        {
            throw new QLoraException($"{File}: {field}: only {wanted} is supported, found {found}. "
                + "Put the checkpoint's tokenizer.json beside it: it is used first.");
        }
    }

    private void OnModel(int field, long value, ReadOnlySpan<byte> message)
    {
        switch (field)
        {
            case 1:
                pieces.Add(new("", 0, PieceType.Normal));
                ReadFields(message, OnPiece);
                break;
            case 2:
                ReadFields(message, OnTrainer);
                break;
            case 3:
                ReadFields(message, OnNormalizer);
                break;
            case 5:
                ReadFields(message, OnDenormalizer);
                break;
        }
    }

    private void OnPiece(int field, long value, ReadOnlySpan<byte> text) => pieces[^1] = field switch
    {
        1 => pieces[^1] with { Text = Encoding.UTF8.GetString(text) },
        2 => pieces[^1] with { Score = BitConverter.Int32BitsToSingle((int)value) },
        3 => pieces[^1] with { Type = (PieceType)value },
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

    private void OnNormalizer(int field, long value, ReadOnlySpan<byte> message)
    {
        if (field == 2)
        {
            charsmap = message.ToArray();
        }
        _ = field switch
        {
            3 => prefix = value,
            4 => removeExtra = value,
            5 => escape = value,
            _ => 0,
        };
    }

    private void OnDenormalizer(int field, long value, ReadOnlySpan<byte> message) =>
        denormalizer = field == 2 ? message.Length : denormalizer;

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
        new($"{File}: not a SentencePiece model: {what}. Download the file again (a Git LFS pointer is not the file itself).");
}
