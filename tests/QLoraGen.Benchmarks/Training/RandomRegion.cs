using System.Runtime.InteropServices;

namespace QLoraGen.Benchmarks.Training;

/// <summary>A region file of random weights: any codes, absmax between 0.02 and 0.04, norms at one, other tensors small.</summary>
internal static class RandomRegion
{
    private const int Portion = 1 << 22;

    private static readonly Random random = new(1);
    private static readonly byte[] codes = Bytes(static () => (byte)random.Next());
    private static readonly byte[] nestedAbsmax = Bytes(static () => 0.01f), nestedOffset = Bytes(static () => 0.03f);
    private static readonly byte[] ones = Bytes<ushort>(static () => 0x3F80);   // in bf16
    private static readonly byte[] small = Bytes(static () => (ushort)(0x3C80 | (random.Next() & 0x807F)));   // 2^-6 with any sign and mantissa

    /// <summary>Maps the file, which is written where there is none of that length.</summary>
    public static FrozenRegion Open(string path, QuantStateLayout layout)
    {
        if (!File.Exists(path) || new FileInfo(path).Length != layout.Length)
        {
            using FileStream stream = File.Create(path);
            stream.SetLength(layout.Length);
            foreach (LayoutEntry entry in layout.Entries)
            {
                Write(stream, entry);
            }
        }
        return FrozenRegion.Map(new FileStream(path, FileMode.Open, FileAccess.Read), 0, layout.Length, writable: false);
    }

    private static void Write(FileStream stream, LayoutEntry entry)
    {
        QuantSlot slot = entry.Slot;
        if (entry.Format is null)
        {
            Repeat(stream, slot.Codes, slot.CodesLength, entry.Tensor.Shape.Length == 1 ? ones : small);
            return;
        }
        Repeat(stream, slot.Codes, slot.CodesLength, codes);
        Repeat(stream, slot.Absmax, slot.AbsmaxLength, codes);
        Repeat(stream, slot.NestedAbsmax, slot.NestedAbsmaxLength, nestedAbsmax);
        Repeat(stream, slot.NestedOffset, slot.NestedOffsetLength, nestedOffset);
    }

    private static byte[] Bytes<T>(Func<T> next) where T : unmanaged
    {
        var values = new T[Portion / Marshal.SizeOf<T>()];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = next();
        }
        return MemoryMarshal.AsBytes<T>(values).ToArray();
    }

    private static void Repeat(FileStream stream, long start, long length, byte[] portion)
    {
        stream.Position = start;
        for (; length > 0; length -= portion.Length)
        {
            stream.Write(portion, 0, (int)Math.Min(length, portion.Length));
        }
    }
}
