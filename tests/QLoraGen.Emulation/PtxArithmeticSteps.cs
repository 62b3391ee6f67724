namespace QLoraGen.Emulation;

/// <summary>Instructions whose type decides which arithmetic they take.</summary>
internal static class PtxArithmeticSteps
{
    private static readonly HashSet<string> names =
    [
        "add", "sub", "mul", "mad", "fma", "div", "rem", "neg", "abs", "min", "max", "and", "or", "xor", "not", "cnot", "shl", "shr", "shf",
        "lop3", "prmt", "bfe", "bfi", "popc", "clz", "brev", "ex2", "lg2", "rcp", "rsqrt", "sqrt", "sin", "cos", "tanh", "copysign",
    ];

    public static PtxStep? TryDecode(PtxDecoding decoding)
    {
        if (!names.Contains(decoding.Name))
            return null;
        var type = decoding.TakeType();
        return type.Name switch
        {
            "pred" => PtxBitSteps.Predicate(decoding, type),
            "f32" => PtxFloatSteps<float>.Decode(decoding, type),
            "f64" => PtxFloatSteps<double>.Decode(decoding, type),
            "f16" or "f16x2" or "bf16" or "bf16x2" => PtxHalfSteps.Decode(decoding, type),
            _ => PtxBitSteps.TryDecode(decoding, type) ?? Integer(decoding, type),
        };
    }

    private static PtxStep? Integer(PtxDecoding decoding, PtxType type) => type.Name switch
    {
        "u16" or "b16" => PtxIntegerSteps<ushort>.Decode(decoding, type),
        "s16" => PtxIntegerSteps<short>.Decode(decoding, type),
        "u32" or "b32" => PtxIntegerSteps<uint>.Decode(decoding, type),
        "s32" => PtxIntegerSteps<int>.Decode(decoding, type),
        "u64" or "b64" => PtxIntegerSteps<ulong>.Decode(decoding, type),
        "s64" => PtxIntegerSteps<long>.Decode(decoding, type),
        _ => null,
    };
}
