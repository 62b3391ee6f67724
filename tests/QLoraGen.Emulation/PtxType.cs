using System.Diagnostics.CodeAnalysis;

namespace QLoraGen.Emulation;

/// <summary>A fundamental type: its kind (p, b, u, s, f) and its width; a packed pair such as f16x2 is one of 32 bits.</summary>
internal sealed record PtxType(string Name, char Kind, int Bits)
{
    private static readonly Dictionary<string, PtxType> all = CreateAll();

    public int Bytes => Bits / 8;

    public bool IsSigned => Kind == 's';

    public bool IsFloat => Kind == 'f';

    public static PtxType Of(string name) => all[name];

    public static bool TryParse(string name, [NotNullWhen(true)] out PtxType? type) => all.TryGetValue(name, out type);

    /// <summary>The bits that a register of the given width keeps of a value.</summary>
    public static ulong Mask(int bits) => bits >= 64 ? ulong.MaxValue : (1UL << bits) - 1;

    /// <summary>The value as a register of <paramref name="registerBits"/> holds it: extended by its own sign, then cut.</summary>
    public ulong Extend(ulong raw, int registerBits)
    {
        if (!IsSigned || Bits == 64)
            return raw & Mask(Bits);
        return (ulong)((long)(raw << (64 - Bits)) >> (64 - Bits)) & Mask(registerBits);
    }

    private static Dictionary<string, PtxType> CreateAll()
    {
        var types = new List<PtxType> { new("pred", 'p', 1) };
        foreach (int bits in (int[])[8, 16, 32, 64])
            types.AddRange("bus".Select(kind => new PtxType($"{kind}{bits}", kind, bits)));
        foreach (int bits in (int[])[16, 32, 64])
            types.Add(new($"f{bits}", 'f', bits));
        types.AddRange([new("bf16", 'f', 16), new("f16x2", 'f', 32), new("bf16x2", 'f', 32)]);
        return types.ToDictionary(type => type.Name);
    }
}
