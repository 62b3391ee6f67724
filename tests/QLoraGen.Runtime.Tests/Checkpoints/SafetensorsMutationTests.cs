using QLoraGen.Checkpoints;
using QLoraGen.Testing;

namespace QLoraGen.Runtime.Tests.Checkpoints;

/// <summary>Seeded damage to a small file: whatever is done to it, it is read whole or refused in words.</summary>
public sealed class SafetensorsMutationTests
{
    private static readonly byte[][] Grains =
        [.. ((string[])["0", "-1", "9223372036854775807", "18446744073709551615", "1e9", "[", "]", "{", "}", "\"", ",", ":", "\\u0000",
            "null", "\"a\"", "\"BF16\"", "[0,19]", "\"__metadata__\":", "\uFEFF", "\0"]).Select(System.Text.Encoding.UTF8.GetBytes)];

    [Fact]
    public void Twenty_thousand_mutations_end_in_a_file_or_in_a_refusal()
    {
        using TempFolder folder = new();
        Random random = new(20_000);
        byte[] whole = Raw.File(Raw.TwoTensors, 19);
        int read = 0, refused = 0;
        for (int i = 0; i < 20_000; i++)
        {
            byte[] bytes = Mutate(whole, random);
            try
            {
                // Every fourth goes through a real file and its map, the others through the same checks on bytes in memory.
                read += i % 4 == 0 ? ReadFile(folder.Write("file.safetensors", bytes)) : ReadHeader(bytes);
            }
            catch (QLoraException)
            {
                refused++;
            }
        }
        Assert.Equal(20_000, read + refused);
        Assert.True(read > 100, $"only {read} mutations could be read: the mutator is too rough to test anything past the first check");
        Assert.True(refused > 10_000, $"only {refused} mutations were refused");
    }

    private static int ReadFile(string path)
    {
        using SafetensorsFile file = SafetensorsFile.Open(path);
        foreach (TensorInfo tensor in file.Tensors.Values)
        {
            foreach (byte touched in file.Bytes(tensor))
            {
                GC.KeepAlive(touched);
            }
        }
        return 1;
    }

    private static int ReadHeader(byte[] bytes)
    {
        int length = SafetensorsHeader.ReadLength(bytes.AsSpan(0, Math.Min(8, bytes.Length)), bytes.Length, "file");
        SafetensorsHeader header = SafetensorsHeader.Parse(bytes.AsSpan(8, length), bytes.Length, "file");
        Assert.All(header.Tensors.Values, t => Assert.InRange(header.DataStart + t.Offset + t.Length, header.DataStart, bytes.Length));
        return 1;
    }

    private static byte[] Mutate(byte[] whole, Random random)
    {
        byte[] bytes = [.. whole];
        for (int times = random.Next(1, 4); times > 0; times--)
        {
            int at = random.Next(bytes.Length + 1);
            byte[] grain = Grains[random.Next(Grains.Length)];
            bytes = random.Next(6) switch
            {
                0 => [.. bytes[..at], (byte)random.Next(256), .. bytes[Math.Min(at + 1, bytes.Length)..]],
                1 => [.. bytes[..at], .. bytes[Math.Min(at + random.Next(1, 9), bytes.Length)..]],
                2 => [.. bytes[..at], .. grain, .. bytes[at..]],
                3 => [.. bytes[..at], .. grain, .. bytes[Math.Min(at + grain.Length, bytes.Length)..]],
                4 => [.. bytes[..at], .. bytes[random.Next(at + 1)..]],
                _ => [(byte)random.Next(256), .. bytes[Math.Min(1, bytes.Length)..]],
            };
        }
        return bytes;
    }
}
