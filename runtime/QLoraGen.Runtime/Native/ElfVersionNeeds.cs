using System.Buffers.Binary;
using System.Text;

namespace QLoraGen.Native;

/// <summary>Edits the version needs (<c>.gnu.version_r</c>) of a 64-bit little-endian ELF image.</summary>
internal static class ElfVersionNeeds
{
    private const uint SectionTypeVerNeed = 0x6ffffffe;
    private const ushort Weak = 2;   // VER_FLG_WEAK: ld.so goes on where the library lacks the version

    /// <summary>Marks one version that the image needs from one library as weak.</summary>
    /// <returns>False where the image has no such need, and nothing was changed.</returns>
    public static bool MakeWeak(Span<byte> elf, string library, string version)
    {
        if (elf.Length < 64 || !elf.StartsWith("\u007fELF\u0002\u0001"u8))
        {
            return false;
        }
        int table = (int)U64(elf, 0x28), entrySize = U16(elf, 0x3A), entries = U16(elf, 0x3C);
        for (int i = 0; i < entries; i++)
        {
            int section = table + i * entrySize;
            if (U32(elf, section + 4) == SectionTypeVerNeed)
            {
                int strings = (int)U64(elf, table + (int)U32(elf, section + 0x28) * entrySize + 0x18);
                return MarkIn(elf, (int)U64(elf, section + 0x18), (int)U32(elf, section + 0x2C), strings, library, version);
            }
        }
        return false;
    }

    // Elf64_Verneed { u16 version, u16 count, u32 file, u32 aux, u32 next }, each with a list of
    // Elf64_Vernaux { u32 hash, u16 flags, u16 other, u32 name, u32 next }; offsets are relative to the record.
    private static bool MarkIn(Span<byte> elf, int need, int needs, int strings, string library, string version)
    {
        for (; needs > 0; needs--, need += (int)U32(elf, need + 12))
        {
            if (Text(elf, strings + (int)U32(elf, need + 4)) != library)
            {
                continue;
            }
            int aux = need + (int)U32(elf, need + 8);
            for (int left = U16(elf, need + 2); left > 0; left--, aux += (int)U32(elf, aux + 12))
            {
                if (Text(elf, strings + (int)U32(elf, aux + 8)) == version)
                {
                    BinaryPrimitives.WriteUInt16LittleEndian(elf[(aux + 4)..], (ushort)(U16(elf, aux + 4) | Weak));
                    return true;
                }
            }
        }
        return false;
    }

    private static ushort U16(ReadOnlySpan<byte> elf, int at) => BinaryPrimitives.ReadUInt16LittleEndian(elf[at..]);

    private static uint U32(ReadOnlySpan<byte> elf, int at) => BinaryPrimitives.ReadUInt32LittleEndian(elf[at..]);

    private static ulong U64(ReadOnlySpan<byte> elf, int at) => BinaryPrimitives.ReadUInt64LittleEndian(elf[at..]);

    private static string Text(ReadOnlySpan<byte> elf, int at)
    {
        ReadOnlySpan<byte> rest = elf[at..];
        return Encoding.ASCII.GetString(rest[..rest.IndexOf((byte)0)]);
    }
}
