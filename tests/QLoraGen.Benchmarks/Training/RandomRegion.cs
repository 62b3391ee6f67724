using System.Runtime.InteropServices;

namespace QLoraGen.Benchmarks.Training;

/// <summary>A region file of random weights: any codes, absmax between 0.02 and 0.04, norms at one, other tensors small.</summary>
internal static class RandomRegion
{
    private const int Portion = 1 << 22;
    private const float NestedAbsmax = 0.01f, NestedOffset = 0.03f;

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
        var random = new Random(1);
        if (entry.Format is null)
        {
            bool norm = entry.Tensor.Shape.Length == 1;
            // bf16: one, or the sign and the mantissa of 2^-6 at random
            Repeat(stream, slot.Codes, 2 * entry.Tensor.Count, Bytes<ushort>(() => norm ? (ushort)0x3F80 : (ushort)(0x3C80 | (random.Next() & 0x807F))));
            return;
        }
        byte[] bytes = Bytes(() => (byte)random.Next());
        Repeat(stream, slot.Codes, slot.CodesLength, bytes);
        Repeat(stream, slot.Absmax, slot.AbsmaxLength, bytes);
        Repeat(stream, slot.NestedAbsmax, slot.NestedAbsmaxLength, Bytes(static () => NestedAbsmax));
        Repeat(stream, slot.NestedOffset, sizeof(float), Bytes(static () => NestedOffset));
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
