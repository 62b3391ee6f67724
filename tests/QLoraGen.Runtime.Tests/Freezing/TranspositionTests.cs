using System.Runtime.InteropServices;

namespace QLoraGen.Runtime.Tests.Freezing;

public sealed class TranspositionTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 5)]
    [InlineData(32, 32)]
    [InlineData(33, 70)]   // more than one tile, and parts of tiles
    public void Rows_become_columns(int rows, int columns)
    {
        float[] source = [.. Enumerable.Range(0, rows * columns).Select(static i => (float)i)], turned = new float[source.Length];
        Transposition.Copy(MemoryMarshal.AsBytes<float>(source), [rows, columns], MemoryMarshal.AsBytes(turned.AsSpan()));
        ushort[] halves = [.. source.Select(static value => (ushort)value)], turnedHalves = new ushort[halves.Length];
        Transposition.Copy(MemoryMarshal.AsBytes<ushort>(halves), [rows, columns], MemoryMarshal.AsBytes(turnedHalves.AsSpan()));
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
            {
                Assert.Equal((row * columns) + column, turned[(column * rows) + row]);
                Assert.Equal((row * columns) + column, turnedHalves[(column * rows) + row]);
            }
        }
    }
}
