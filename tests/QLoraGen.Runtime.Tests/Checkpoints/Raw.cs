using System.Buffers.Binary;
using System.Text;

namespace QLoraGen.Runtime.Tests.Checkpoints;

/// <summary>Safetensors files built byte by byte, so that they can be wrong in any way.</summary>
internal static class Raw
{
    public const string TwoTensors =
        """
        {"__metadata__":{"format":"pt"},
        "a":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]},
        "b":{"dtype":"U8","shape":[3],"data_offsets":[16,19]}}
        """;

    public static byte[] File(string header, int dataLength) => File(Encoding.UTF8.GetBytes(header), new byte[dataLength]);

    public static byte[] File(string header, params ReadOnlySpan<byte> data) => File(Encoding.UTF8.GetBytes(header), data);

    public static byte[] File(ReadOnlySpan<byte> header, ReadOnlySpan<byte> data)
    {
        byte[] length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
        return [.. length, .. header, .. data];
    }

    /// <summary>A file of one tensor, whose header is as it should be.</summary>
    public static byte[] OneTensor(string name, string dtype, long[] shape, params ReadOnlySpan<byte> data) => File(
        $$$"""{"{{{name}}}":{"dtype":"{{{dtype}}}","shape":[{{{string.Join(',', shape)}}}],"data_offsets":[0,{{{data.Length}}}]}}""", data);
}
