using System.Buffers.Binary;
using System.Text;
using System.Text.Json.Nodes;

namespace QLoraGen.Fuzzing.Mutation;

/// <summary>
/// Damages a safetensors file where it hurts: its header's length, its header's JSON; or tensor by tensor, with a header that fits
/// again, so that what comes after the header's checks is reached.
/// </summary>
internal static class SafetensorsMutator
{
    private static readonly string[] DTypes = ["F32", "F16", "BF16", "U8", "I8", "I64", "F64", "BOOL", "F8_E4M3"];
    private static readonly float[] OddNumbers = [float.NaN, float.PositiveInfinity, float.NegativeInfinity, float.MaxValue, float.Epsilon, -0f, 1e-40f, 3e38f];

    private sealed record Part(string Name, string DType, long[] Shape, byte[] Bytes);

    public static byte[] Mutate(byte[] whole, Random random)
    {
        int length = (int)BinaryPrimitives.ReadInt64LittleEndian(whole);
        byte[] json = whole[8..(8 + length)], data = whole[(8 + length)..];
        switch (random.Next(8))
        {
            case 0:
                return ByteMutator.Mutate(whole, random);
            case 1:
                byte[] moved = [.. whole];
                BinaryPrimitives.WriteInt64LittleEndian(moved, random.Next(3) switch { 0 => length + random.Next(-9, 10), 1 => random.NextInt64(), _ => 1L << random.Next(64) });
                return moved;
            case 2 or 3:
                byte[] changed = JsonMutator.Mutate(json, random);
                return Join(changed, data);
            default:
                List<Part> parts = [.. Parts(json, data)];
                for (int times = 1 + random.Next(3); times > 0 && parts.Count > 0; times--)
                {
                    Change(parts, random);
                }
                return Join(parts);
        }
    }

    private static void Change(List<Part> parts, Random random)
    {
        int i = random.Next(parts.Count);
        Part part = parts[i];
        switch (random.Next(9))
        {
            case 0:
                parts.RemoveAt(i);
                break;
            case 1:   // under another tensor's name
                parts.Add(part with { Name = random.OnceIn(2) ? part.Name + "x" : part.Name[..random.Next(part.Name.Length)] });
                break;
            case 2:
                parts[i] = part with { Bytes = random.Pick(parts).Bytes, Shape = random.Pick(parts).Shape };
                break;
            case 3:
                string dtype = random.Pick(DTypes);
                int size = SizeOf(dtype);
                parts[i] = part with { DType = dtype, Shape = [part.Bytes.Length / size], Bytes = part.Bytes[..(part.Bytes.Length / size * size)] };
                break;
            case 4:
                parts[i] = part with { Shape = random.Next(4) switch { 0 => [.. part.Shape, 1], 1 => [1, .. part.Shape], 2 => [.. part.Shape.Reverse()], _ => [.. part.Shape, 0] } };
                break;
            case 5:   // a row less or more
                long rows = part.Shape.Length == 0 ? 0 : Math.Max(0, part.Shape[0] + random.Next(-1, 2));
                parts[i] = part.Shape.Length == 0 || part.Shape[0] == 0 ? part : part with
                {
                    Shape = [rows, .. part.Shape[1..]],
                    Bytes = [.. part.Bytes.Concat(new byte[part.Bytes.Length]).Take((int)(part.Bytes.Length / part.Shape[0] * rows))],
                };
                break;
            case 6 when part.Bytes.Length >= 4:
                byte[] bytes = [.. part.Bytes];
                BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(random.Next(bytes.Length / 4) * 4), random.Pick(OddNumbers));
                parts[i] = part with { Bytes = bytes };
                break;
            default:
                byte[] json = part.Bytes is [(byte)'{', ..] ? JsonMutator.Mutate(part.Bytes, random) : part.Bytes;
                parts[i] = part.Bytes is [(byte)'{', ..] ? part with { Bytes = json, Shape = [json.Length] } : part with { Name = random.Pick(parts).Name };
                break;
        }
    }

    private static IEnumerable<Part> Parts(byte[] json, byte[] data)
    {
        foreach ((string name, JsonNode? tensor) in JsonNode.Parse(json)!.AsObject())
        {
            if (name != "__metadata__")
            {
                long[] offsets = [.. tensor!["data_offsets"]!.AsArray().Select(static n => (long)n!)];
                yield return new Part(
                    name, (string)tensor["dtype"]!, [.. tensor["shape"]!.AsArray().Select(static n => (long)n!)], data[(int)offsets[0]..(int)offsets[1]]);
            }
        }
    }

    private static byte[] Join(List<Part> parts)
    {
        var header = new StringBuilder("{");
        long at = 0;
        foreach (Part part in parts)   // by hand: two may have one name
        {
            header.Append($"{(header.Length > 1 ? "," : "")}{System.Text.Json.JsonSerializer.Serialize(part.Name)}:{{\"dtype\":\"{part.DType}\",")
                .Append($"\"shape\":[{string.Join(',', part.Shape)}],\"data_offsets\":[{at},{at + part.Bytes.Length}]}}");
            at += part.Bytes.Length;
        }
        return Join(Encoding.UTF8.GetBytes(header.Append('}').ToString()), [.. parts.SelectMany(static part => part.Bytes)]);
    }

    private static byte[] Join(byte[] json, byte[] data)
    {
        byte[] prefix = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(prefix, json.Length);
        return [.. prefix, .. json, .. data];
    }

    private static int SizeOf(string dtype) => TensorDTypes.FromFormatName(dtype)!.Value.SizeInBytes();
}
