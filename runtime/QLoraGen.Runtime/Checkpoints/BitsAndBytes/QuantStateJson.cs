using System.Globalization;
using System.Text;
using System.Text.Json;
using QLoraGen.Rules;

namespace QLoraGen.Checkpoints;

/// <summary>
/// The JSON that bitsandbytes packs into a U8 tensor beside each 4-bit weight: the part of its quant state that is no tensor.
/// </summary>
/// <param name="Type">The 4-bit type.</param>
/// <param name="BlockSize">Values that share one absmax.</param>
/// <param name="DType">The type that the weight had, as PyTorch calls it: <c>bfloat16</c>.</param>
/// <param name="Rows">The weight's own first size.</param>
/// <param name="Cols">Its second.</param>
/// <param name="NestedOffset">With double quantization: the mean absmax.</param>
/// <param name="NestedBlockSize">With double quantization: absmax that share one nested absmax; else 0.</param>
internal sealed record QuantStateJson(
    QuantType Type, int BlockSize, string DType, long Rows, long Cols, float NestedOffset = 0, int NestedBlockSize = 0)
{
    private const int MaxLength = 1 << 16;
    private const string NestedDType = "float32";   // the only one that bitsandbytes gives nested absmax

    /// <summary>What bitsandbytes calls the type.</summary>
    public static string NameOf(QuantType type) => type == QuantType.NF4 ? "nf4" : "fp4";

    /// <summary>Reads it, and checks what does not depend on other tensors.</summary>
    /// <param name="json">The tensor's bytes.</param>
    /// <param name="type">The type that its key says.</param>
    /// <exception cref="FormatException">What is wrong, in words that follow the tensor's name.</exception>
    public static QuantStateJson Read(ReadOnlySpan<byte> json, QuantType type)
    {
        if (json.Length > MaxLength)
        {
            throw new FormatException($"has {json.Length} bytes of JSON; at most {MaxLength} are read");
        }
        try
        {
            using JsonDocument document = JsonFile.Parse(json.ToArray());
            JsonElement root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
            {
                throw new FormatException("is not a JSON object");
            }
            if (Text(root, "quant_type") is var name && name != NameOf(type))
            {
                throw new FormatException($"quant_type is {Shown.Quoted(name)}, but the key ends with {NameOf(type)}");
            }
            long blockSize = Whole("blocksize", root.TryGetProperty("blocksize", out JsonElement size) ? size : null);
            if (blockSize > int.MaxValue || BlockSizeIsNotPossible.Check((int)blockSize) is not null)
            {
                throw new FormatException($"blocksize is {blockSize}: powers of two from {QuantFormat.MinBlockSize} to {QuantFormat.MaxBlockSize} are read");
            }
            if (Text(root, "dtype") is var dtype && dtype is not ("float32" or "float16" or "bfloat16"))
            {
                throw new FormatException($"dtype is {Shown.Quoted(dtype)}: float32, float16 and bfloat16 are read");
            }
            long[] shape = root.TryGetProperty("shape", out JsonElement sizes) && sizes.ValueKind == JsonValueKind.Array && sizes.GetArrayLength() == 2
                ? [.. sizes.EnumerateArray().Select(static size => Whole("shape", size))]
                : throw new FormatException("shape is not a list of two sizes");
            long nested = root.TryGetProperty("nested_blocksize", out JsonElement given) ? Whole("nested_blocksize", given) : 0;
            if (root.TryGetProperty("nested_dtype", out _) && Text(root, "nested_dtype") is var nestedType && nestedType != NestedDType)
            {
                throw new FormatException($"nested_dtype is {Shown.Quoted(nestedType)}: {NestedDType} is read");
            }
            return new(type, (int)blockSize, dtype, shape[0], shape[1], Offset(root), (int)Math.Min(nested, int.MaxValue));
        }
        // The second is the reader's own complaint about an escaped half of a surrogate pair.
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new FormatException($"is not valid JSON: {e.Message}", e);
        }
    }

    /// <summary>The bytes that Python's json.dumps gives, with bitsandbytes' order of keys.</summary>
    public byte[] Write()
    {
        string nested = NestedBlockSize == 0 ? ""
            : $", \"nested_blocksize\": {NestedBlockSize}, \"nested_dtype\": \"{NestedDType}\", \"nested_offset\": {Repr(NestedOffset)}";
        return Encoding.UTF8.GetBytes(
            $"{{\"quant_type\": \"{NameOf(Type)}\", \"blocksize\": {BlockSize}, \"dtype\": \"{DType}\", \"shape\": [{Rows}, {Cols}]{nested}}}");
    }

    // As Python writes the double of the same value: the fewest digits that read back, an 'e' in small letters, always a fraction.
    private static string Repr(double value)
    {
        string text = value.ToString("R", CultureInfo.InvariantCulture);
        return text.Contains('E') ? text.Replace('E', 'e') : text.Contains('.') ? text : $"{text}.0";
    }

    private static string Text(JsonElement root, string field) =>
        root.TryGetProperty(field, out JsonElement value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : throw new FormatException($"{field} is missing, or not text");

    private static long Whole(string field, JsonElement? value) =>
        value is { ValueKind: JsonValueKind.Number } number && number.TryGetInt64(out long whole) && whole >= 0
            ? whole
            : throw new FormatException($"{field} is missing, or not a whole number from 0 on");

    private static float Offset(JsonElement root) => !root.TryGetProperty("nested_offset", out JsonElement value) ? 0
        : value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double offset) && float.IsFinite((float)offset)
            ? (float)offset
            : throw new FormatException("nested_offset is not a finite number");
}
