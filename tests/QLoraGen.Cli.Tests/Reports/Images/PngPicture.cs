using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace QLoraGen.Cli.Tests.Reports.Images;

/// <summary>A PNG file read back by the standard alone (ISO/IEC 15948): checksums, order of chunks, and pixels of 8 bits without filters.</summary>
internal sealed class PngPicture
{
    private readonly byte[] rows;

    public PngPicture(byte[] file)
    {
        Assert.Equal([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], file[..8]);
        List<(string Type, byte[] Data)> chunks = [];
        for (int at = 8; at < file.Length;)
        {
            int length = BinaryPrimitives.ReadInt32BigEndian(file.AsSpan(at));
            byte[] body = file[(at + 4)..(at + 8 + length)];
            Assert.Equal(Crc32(body), BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan(at + 8 + length)));
            chunks.Add((Encoding.ASCII.GetString(body[..4]), body[4..]));
            at += 12 + length;
        }
        Assert.Equal(["IHDR", "IDAT", "IEND"], chunks.Select(static chunk => chunk.Type));
        byte[] header = chunks[0].Data;
        Assert.Equal([8, 2, 0, 0, 0], header[8..]);   // bits, colors, and the only compression, filtering and order
        (Width, Height) = (BinaryPrimitives.ReadInt32BigEndian(header), BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(4)));
        using var zlib = new ZLibStream(new MemoryStream(chunks[1].Data), CompressionMode.Decompress);
        using var whole = new MemoryStream();
        zlib.CopyTo(whole);
        rows = whole.ToArray();
        Assert.Equal(Height * (1 + (3 * Width)), rows.Length);
        Assert.All(Enumerable.Range(0, Height), row => Assert.Equal(0, rows[row * (1 + (3 * Width))]));
    }

    public int Width { get; }

    public int Height { get; }

    public (byte Red, byte Green, byte Blue) this[int x, int y]
    {
        get
        {
            int at = (y * (1 + (3 * Width))) + 1 + (3 * x);
            return (rows[at], rows[at + 1], rows[at + 2]);
        }
    }

    private static uint Crc32(byte[] data)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in data)
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) != 0 ? (crc >> 1) ^ 0xEDB88320 : crc >> 1;
            }
        }
        return ~crc;
    }
}
