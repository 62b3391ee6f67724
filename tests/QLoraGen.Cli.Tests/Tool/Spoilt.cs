using System.Buffers.Binary;
using System.Text;
using System.Text.Json.Nodes;

namespace QLoraGen.Cli.Tests.Tool;

/// <summary>A safetensors file taken apart, changed, and put together again without any check.</summary>
internal static class Spoilt
{
    /// <summary>Changes the header and the bytes of the tensors in place.</summary>
    public static void Change(string path, Action<JsonObject, byte[]> change)
    {
        byte[] file = File.ReadAllBytes(path);
        int length = (int)BinaryPrimitives.ReadInt64LittleEndian(file);
        JsonObject header = JsonNode.Parse(file.AsSpan(8, length))!.AsObject();
        byte[] data = file[(8 + length)..];
        change(header, data);
        byte[] json = Encoding.UTF8.GetBytes(header.ToJsonString());
        byte[] prefix = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(prefix, json.Length);
        File.WriteAllBytes(path, [.. prefix, .. json, .. data]);
    }

    /// <summary>Changes a JSON file in place.</summary>
    public static void ChangeJson(string path, Action<JsonObject> change)
    {
        JsonObject root = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        change(root);
        File.WriteAllText(path, root.ToJsonString());
    }
}
