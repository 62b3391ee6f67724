using System.Buffers.Binary;

namespace QLoraGen.Fuzzing.Mutation;

/// <summary>Damage that knows no format: bits, runs, lengths, and numbers that are at the edge of something.</summary>
internal static class ByteMutator
{
    private static readonly ulong[] Edges =
        [0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF, long.MaxValue, 1UL << 63, ulong.MaxValue, ulong.MaxValue - 7];

    public static byte[] Mutate(byte[] whole, Random random)
    {
        byte[] bytes = [.. whole];
        Span<byte> number = stackalloc byte[8];
        for (int times = 1 << random.Next(4); times > 0; times--)
        {
            int at = random.Next(bytes.Length + 1), run = Math.Min(random.Next(1, random.OnceIn(8) ? 4096 : 17), bytes.Length - at);
            switch (random.Next(8))
            {
                case 0 or 1 when at < bytes.Length:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 2 when at < bytes.Length:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 3:
                    bytes = [.. bytes[..at], .. bytes[(at + run)..]];
                    break;
                case 4:
                    int from = random.Next(bytes.Length + 1);
                    bytes = [.. bytes[..at], .. bytes.AsSpan(from, Math.Min(run, bytes.Length - from)), .. bytes[at..]];
                    break;
                case 5:
                    BinaryPrimitives.WriteUInt64LittleEndian(number, random.Pick(Edges));
                    number[..Math.Min(1 << random.Next(4), bytes.Length - at)].CopyTo(bytes.AsSpan(at));
                    break;
                case 6 when random.OnceIn(4):
                    bytes = bytes[..at];
                    break;
                default:
                    byte[] noise = new byte[random.Next(1, 9)];
                    random.NextBytes(noise);
                    bytes = [.. bytes[..at], .. noise, .. bytes[at..]];
                    break;
            }
        }
        return bytes;
    }
}
