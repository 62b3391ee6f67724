namespace QLoraGen.Fuzzing.Mutation;

/// <summary>Damages a protocol buffer (tokenizer.model) field by field: numbers, types, lengths, order, and the fields inside fields.</summary>
internal static class ProtobufMutator
{
    public static byte[] Mutate(byte[] whole, Random random)
    {
        if (random.OnceIn(3) || Fields(whole) is not { Count: > 0 } fields)
        {
            return ByteMutator.Mutate(whole, random);
        }
        for (int times = 1 + random.Next(3); times > 0 && fields.Count > 0; times--)
        {
            // Most fields are pieces; what stands behind them says how they are used.
            int i = random.OnceIn(3) ? random.Next(Math.Max(0, fields.Count - 4), fields.Count) : random.Next(fields.Count);
            byte[] field = fields[i];
            switch (random.Next(6))
            {
                case 0 or 2 when field.Length == 0:   // an earlier change took all of it
                case 0:
                    fields.RemoveAt(i);
                    break;
                case 1:
                    fields.Insert(random.Next(fields.Count), field);
                    break;
                case 2:
                    fields[i] = [(byte)random.Next(256), .. field[1..]];
                    break;
                case 3 when field.Length > 1:   // a length that is not that of what follows
                    fields[i] = [field[0], .. Varint(random.OnceIn(2) ? (ulong)random.Next(1 << random.Next(31)) : (ulong)random.NextInt64()), .. field[2..]];
                    break;
                case 4 when field.Length > 2 && (field[0] & 7) == 2:
                    byte[] inner = Mutate(field[2..], random);
                    fields[i] = [field[0], .. Varint((ulong)inner.Length), .. inner];
                    break;
                default:
                    fields[i] = ByteMutator.Mutate(field, random);
                    break;
            }
        }
        return [.. fields.SelectMany(static field => field)];
    }

    private static List<byte[]>? Fields(byte[] whole)
    {
        List<byte[]> fields = [];
        for (int at = 0, next; at < whole.Length; at = next)
        {
            next = at + 1;
            switch (whole[at] & 7)
            {
                case 0:
                    while (next < whole.Length && whole[next++] >= 0x80)
                    {
                    }
                    break;
                case 2 when next < whole.Length && whole[next] < 0x80:
                    next += 1 + whole[next];
                    break;
                case 2 when next + 1 < whole.Length && whole[next + 1] < 0x80:
                    next += 2 + ((whole[next] & 0x7F) | (whole[next + 1] << 7));
                    break;
                case 5:
                    next += 4;
                    break;
                default:
                    return null;
            }
            if (next > whole.Length)
            {
                return null;
            }
            fields.Add(whole[at..next]);
        }
        return fields;
    }

    private static List<byte> Varint(ulong value)
    {
        List<byte> bytes = [];
        for (; value >= 0x80; value >>= 7)
        {
            bytes.Add((byte)(value | 0x80));
        }
        bytes.Add((byte)value);
        return bytes;
    }
}
