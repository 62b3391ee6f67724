using System.Text.Json;
using QLoraGen.Testing;

namespace QLoraGen.Kernels.Tests.Formats;

/// <summary>A small serialized NF4 weight with a partial last block, and the values expected of it.</summary>
public sealed class SerializedLinearTests
{
    [SharedFact]
    public void A_serialized_weight_with_a_partial_block_is_recovered()
    {
        using JsonDocument json = JsonDocument.Parse(File.ReadAllText(SharedData.Path("bnb", "pico_nf4.json")));
        T[] Array<T>(string name) => json.RootElement.GetProperty(name).Deserialize<T[]>()!;
        int count = json.RootElement.GetProperty("n").GetInt32();
        var format = new QuantFormat(QuantType.NF4, json.RootElement.GetProperty("blocksize").GetInt32(), DoubleQuant: false);
        using var weight = new TestWeight(format, 1, count);
        Array<int>("packed_bytes").Select(b => (byte)b).ToArray().CopyTo(weight.Codes);
        Array<float>("absmax").CopyTo(weight.AbsmaxValues);

        float[] expected = [.. Array<double>("dequant").Select(v => (float)v)];
        Assert.Equal(0, Values.Mismatches<float>(expected, weight.Dequantized()));
    }
}
