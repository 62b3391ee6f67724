using System.Runtime.InteropServices;

namespace QLoraGen;

/// <summary>A matrix with its rows and columns exchanged.</summary>
internal static class Transposition
{
    private const int Tile = 32;   // two tiles of fp32 are 8 KB: within the first cache

    /// <summary>Writes a row-major matrix the other way round.</summary>
    /// <param name="source">Elements of 2 or 4 bytes.</param>
    /// <param name="shape">[rows, columns] of the source.</param>
    /// <param name="destination">As many bytes; [columns, rows] afterwards.</param>
    public static void Copy(ReadOnlySpan<byte> source, ReadOnlySpan<long> shape, Span<byte> destination)
    {
        (int rows, int columns) = (checked((int)shape[0]), checked((int)shape[1]));
        switch (source.Length / ((long)rows * columns))
        {
            case sizeof(float):
                Copy(MemoryMarshal.Cast<byte, float>(source), rows, columns, MemoryMarshal.Cast<byte, float>(destination));
                break;
            case sizeof(ushort):
                Copy(MemoryMarshal.Cast<byte, ushort>(source), rows, columns, MemoryMarshal.Cast<byte, ushort>(destination));
                break;
            default:
                throw new ArgumentException("elements have 2 or 4 bytes", nameof(source));
        }
    }

    // Tile by tile, so that neither side is walked in steps of a whole row.
    private static void Copy<T>(ReadOnlySpan<T> source, int rows, int columns, Span<T> destination)
    {
        for (int top = 0; top < rows; top += Tile)
        {
            for (int left = 0; left < columns; left += Tile)
            {
                for (int row = top; row < Math.Min(top + Tile, rows); row++)
                {
                    for (int column = left; column < Math.Min(left + Tile, columns); column++)
                    {
                        destination[(column * rows) + row] = source[(row * columns) + column];
                    }
                }
            }
        }
    }
}
