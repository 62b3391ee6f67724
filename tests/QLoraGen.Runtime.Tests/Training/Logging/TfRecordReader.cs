using System.Buffers.Binary;

namespace QLoraGen.Runtime.Tests.Training.Logging;

/// <summary>TFRecord files read back, by the format's description alone (https://www.tensorflow.org/tutorials/load_data/tfrecord), checksums and all.</summary>
internal static class TfRecordReader
{
    // Castagnoli's polynomial, bits reversed (RFC 3720, appendix B.4).
    private const uint Polynomial = 0x82F63B78;

    /// <summary>The data of each record; the file must end with the last one.</summary>
    public static List<byte[]> Read(string path)
    {
        byte[] file = File.ReadAllBytes(path);
        List<byte[]> records = [];
        for (int at = 0; at < file.Length;)
        {
            byte[] length = file[at..(at + 8)];
            int end = at + 12 + checked((int)BinaryPrimitives.ReadUInt64LittleEndian(length));
            byte[] data = file[(at + 12)..end];
            Assert.Equal(Masked(Crc32C(length)), BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at + 8)));
            Assert.Equal(Masked(Crc32C(data)), BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(end)));
            records.Add(data);
            at = end + 4;
        }
        return records;
    }

    /// <summary>The checksum, a bit at a time.</summary>
    public static uint Crc32C(ReadOnlySpan<byte> data)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in data)
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) != 0 ? (crc >> 1) ^ Polynomial : crc >> 1;
            }
        }
        return ~crc;
    }

    private static uint Masked(uint crc) => ((crc >> 15) | (crc << 17)) + 0xA282EAD8;
}
