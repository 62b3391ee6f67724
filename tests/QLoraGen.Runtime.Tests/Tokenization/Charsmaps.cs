using System.Buffers.Binary;
using System.Text;

namespace QLoraGen.Tests.Tokenization;

/// <summary>Writes small `precompiled_charsmap`s.</summary>
internal static class Charsmaps
{
    private const uint WideOffset = 0x200, HasValue = 0x100, IsValue = 0x80000000;

    /// <summary>A map of keys of which each one begins with the one before it.</summary>
    public static byte[] Of(params (string From, string To)[] entries)
    {
        byte[] longest = Encoding.UTF8.GetBytes(entries[^1].From);
        uint[] units = new uint[256 << (longest.Length + 1)];
        StringBuilder replacements = new();
        uint at = 0, label = 0;
        for (int depth = 0; depth <= longest.Length; depth++)
        {
            // Every node's children lie in a block of their own.
            uint block = 1u << depth;
            int ends = Array.FindIndex(entries, entry => Encoding.UTF8.GetByteCount(entry.From) == depth);
            units[at] = label | WideOffset | (ends >= 0 ? HasValue : 0) | (block << 10);
            uint children = at ^ (block << 8);
            if (ends >= 0)
            {
                units[children] = IsValue | (uint)Encoding.UTF8.GetByteCount(replacements.ToString());
                replacements.Append(entries[ends].To).Append('\0');
            }
            if (depth < longest.Length)
            {
                label = longest[depth];
                at = children ^ label;
            }
        }
        byte[] bytes = new byte[4 + (4 * units.Length)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, 4 * units.Length);
        for (int i = 0; i < units.Length; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(4 + (4 * i)), units[i]);
        }
        return [.. bytes, .. Encoding.UTF8.GetBytes(replacements.ToString())];
    }
}
