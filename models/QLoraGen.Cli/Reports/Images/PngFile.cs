using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;

namespace QLoraGen.Cli.Reports.Images;

/// <summary>PNG files (ISO/IEC 15948): 8 bits each of red, green and blue, not interlaced, rows unfiltered.</summary>
internal static class PngFile
{
    private const int Channels = 3;

    /// <summary>The bytes of a file.</summary>
    /// <param name="pixels">Rows from the top, each of <paramref name="width"/> times red, green and blue.</param>
    /// <param name="width">Pixels across.</param>
    public static byte[] Encode(ReadOnlySpan<byte> pixels, int width)
    {
        int stride = width * Channels, height = pixels.Length / stride;
        using var file = new MemoryStream();
        file.Write([0x89, .. "PNG\r\n\u001A\n"u8]);
        Span<byte> header = stackalloc byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header[4..], height);
        (header[8], header[9]) = (8, 2);   // bits a channel; red, green and blue
        Chunk(file, "IHDR"u8, header);
        using var data = new MemoryStream();
        using (var zlib = new ZLibStream(data, CompressionLevel.Optimal, leaveOpen: true))
        {
            for (int row = 0; row < height; row++)
            {
                zlib.WriteByte(0);   // no filter
                zlib.Write(pixels.Slice(row * stride, stride));
            }
        }
        Chunk(file, "IDAT"u8, data.GetBuffer().AsSpan(0, (int)data.Length));
        Chunk(file, "IEND"u8, []);
        return file.ToArray();
    }

    private static void Chunk(MemoryStream file, ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        Span<byte> number = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        file.Write(number);
        file.Write(type);
        file.Write(data);
        var crc = new Crc32();
        crc.Append(type);
        crc.Append(data);
        BinaryPrimitives.WriteUInt32BigEndian(number, crc.GetCurrentHashAsUInt32());
        file.Write(number);
    }
}
