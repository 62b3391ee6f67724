namespace QLoraGen;

/// <summary>The element types of the safetensors format that fill whole bytes; <see cref="TensorDTypes"/> has their names there.</summary>
public enum TensorDType
{
    /// <summary>IEEE 754 binary64, 8 bytes.</summary>
    F64,

    /// <summary>IEEE 754 binary32, 4 bytes.</summary>
    F32,

    /// <summary>IEEE 754 binary16, 2 bytes.</summary>
    F16,

    /// <summary>bfloat16: the upper half of a binary32, 2 bytes.</summary>
    BF16,

    /// <summary>8-bit float, 4 bits of exponent and 3 of mantissa.</summary>
    F8E4M3,

    /// <summary>8-bit float, 5 bits of exponent and 2 of mantissa.</summary>
    F8E5M2,

    /// <summary>8-bit power of two: 8 bits of exponent and nothing else.</summary>
    F8E8M0,

    /// <summary>Two binary32, real and imaginary part, 8 bytes.</summary>
    C64,

    /// <summary>Signed, 8 bytes.</summary>
    I64,

    /// <summary>Signed, 4 bytes.</summary>
    I32,

    /// <summary>Signed, 2 bytes.</summary>
    I16,

    /// <summary>Signed, 1 byte.</summary>
    I8,

    /// <summary>Unsigned, 8 bytes.</summary>
    U64,

    /// <summary>Unsigned, 4 bytes.</summary>
    U32,

    /// <summary>Unsigned, 2 bytes.</summary>
    U16,

    /// <summary>Unsigned, 1 byte.</summary>
    U8,

    /// <summary>0 or 1 in one byte.</summary>
    Bool,
}

/// <summary>Names and sizes of the safetensors element types.</summary>
public static class TensorDTypes
{
    private static readonly (string Name, int Size)[] Table =
    [
        ("F64", 8), ("F32", 4), ("F16", 2), ("BF16", 2), ("F8_E4M3", 1), ("F8_E5M2", 1), ("F8_E8M0", 1), ("C64", 8),
        ("I64", 8), ("I32", 4), ("I16", 2), ("I8", 1), ("U64", 8), ("U32", 4), ("U16", 2), ("U8", 1), ("BOOL", 1),
    ];

    /// <summary>The size of one element in bytes.</summary>
    public static int SizeInBytes(this TensorDType dtype) => Table[(int)dtype].Size;

    /// <summary>What a safetensors header calls the type, for example <c>F8_E4M3</c>.</summary>
    public static string FormatName(this TensorDType dtype) => Table[(int)dtype].Name;

    /// <summary>The type that a safetensors header calls <paramref name="name"/>, or null: the format's case matters.</summary>
    public static TensorDType? FromFormatName(string? name) =>
        Array.FindIndex(Table, row => row.Name == name) is >= 0 and var i ? (TensorDType)i : null;

    /// <summary>What a config.json's <c>dtype</c> or <c>torch_dtype</c> calls a type of weights.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is none of F32, F16 and BF16.</exception>
    public static string ConfigName(this TensorDType dtype) => dtype switch
    {
        TensorDType.F32 => "float32",
        TensorDType.F16 => "float16",
        TensorDType.BF16 => "bfloat16",
        _ => throw new ArgumentOutOfRangeException(nameof(dtype), dtype, "not a type of weights"),
    };

    /// <summary>The type that a config.json's <c>dtype</c> or <c>torch_dtype</c> means for weights; null where it is not supported.</summary>
    /// <param name="name">As PyTorch calls it; null where the config does not say, which is bfloat16.</param>
    public static TensorDType? FromConfig(string? name) => name switch
    {
        "float32" => TensorDType.F32,
        "float16" => TensorDType.F16,
        "bfloat16" or null => TensorDType.BF16,
        _ => null,
    };
}
