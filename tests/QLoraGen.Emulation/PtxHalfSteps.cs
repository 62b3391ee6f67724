namespace QLoraGen.Emulation;

/// <summary>Arithmetic of f16, bf16 and their pairs: each element is computed in double and rounded once.</summary>
internal static class PtxHalfSteps
{
    public static PtxStep? Decode(PtxDecoding decoding, PtxType type)
    {
        decoding.Allow("rn", "approx");
        return decoding.Name switch
        {
            "add" => Map(decoding, type, 2, (a, b, _) => a + b),
            "sub" => Map(decoding, type, 2, (a, b, _) => a - b),
            "mul" => Map(decoding, type, 2, (a, b, _) => a * b),
            "fma" => Map(decoding, type, 3, (a, b, c) => a * b + c),
            "min" => Map(decoding, type, 2, (a, b, _) => double.MinNumber(a, b)),
            "max" => Map(decoding, type, 2, (a, b, _) => double.MaxNumber(a, b)),
            "neg" => Map(decoding, type, 1, (a, _, _) => -a),
            "abs" => Map(decoding, type, 1, (a, _, _) => Math.Abs(a)),
            "ex2" => Map(decoding, type, 1, (a, _, _) => Math.Pow(2, a)),
            "tanh" => Map(decoding, type, 1, (a, _, _) => Math.Tanh(a)),
            _ => null,
        };
    }

    private static PtxStep Map(PtxDecoding decoding, PtxType type, int sources, Func<double, double, double, double> operation)
    {
        bool relu = decoding.Take("relu");
        var format = PtxHalfFormat.Of(type);
        int d = decoding.Destination(0);
        int[] slots = [.. Enumerable.Range(1, sources).Select(index => decoding.Source(index, type))];
        var (a, b, c) = (slots[0], slots[Math.Min(1, sources - 1)], slots[^1]);
        int elements = type.Bits / 16;
        return thread =>
        {
            uint result = 0;
            for (int i = 0; i < elements; i++)
            {
                double value = operation(Element(thread, a, i), Element(thread, b, i), Element(thread, c, i));
                result |= (uint)format.Encode(relu && value < 0 ? 0 : value) << (16 * i);
            }
            thread.Set(d, result);
        };

        double Element(PtxThread thread, int slot, int i) => format.Decode((ushort)(thread.Get<uint>(slot) >> (16 * i)));
    }
}
