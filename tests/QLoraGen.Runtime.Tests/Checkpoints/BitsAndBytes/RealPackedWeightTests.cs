using System.Runtime.InteropServices;
using System.Text.Json;
using QLoraGen.Checkpoints;
using QLoraGen.Kernels;
using QLoraGen.Runtime.Tests.Layers;
using QLoraGen.Testing;

namespace QLoraGen.Runtime.Tests.Checkpoints.BitsAndBytes;

/// <summary>bitsandbytes' own output, loaded as a checkpoint: every value to the bit.</summary>
public sealed class RealPackedWeightTests : IDisposable
{
    private static readonly QuantFormat nf4 = new(QuantType.NF4), single = new(QuantType.NF4, DoubleQuant: false);
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [SharedTheory]
    [InlineData("qwen2_5_1_5b_nf4_dq.bin")]
    [InlineData("phi3_5_mini_nf4_dq.bin")]
    public void Slices_of_real_double_quantized_checkpoints(string name)
    {
        byte[] bytes = File.ReadAllBytes(SharedData.Path("bnb", name));
        int[] header = MemoryMarshal.Cast<byte, int>(bytes.AsSpan(0, 36)).ToArray();
        float offset = MemoryMarshal.Read<float>(bytes.AsSpan(36));
        int at = 40, n = header[1] / 64;
        byte[] Next(int length) => bytes[at..(at += length)];
        PackedFile file = new($"{{\"quant_type\": \"nf4\", \"blocksize\": {header[2]}, \"dtype\": \"bfloat16\", \"shape\": [{n}, 64], "
            + $"\"nested_blocksize\": 256, \"nested_dtype\": \"float32\", \"nested_offset\": {(double)offset:R}}}");
        file.Set("", TensorDType.U8, [header[3], 1], Next(header[3]));
        file.Set("absmax", TensorDType.U8, [header[4]], Next(header[4]));
        file.Set("quant_map", TensorDType.F32, [16], Next(header[5]));
        file.Set("nested_absmax", TensorDType.F32, [header[6] / 4], Next(header[6]));
        file.Set("nested_quant_map", TensorDType.F32, [256], Next(header[7]));
        ushort[] expected = MemoryMarshal.Cast<byte, ushort>(Next(header[8])).ToArray();
        Assert.Equal(bytes.Length, at);

        using OneLinear model = file.Load(folder, n, 64, PackedFile.ConfigOf(nf4), nf4);
        ushort[] actual = new ushort[header[1]];
        Dequantizer.Dequantize(model.Linear.Weight.Quantized, 0, actual);
        Assert.Equal(expected, actual);
    }

    [SharedFact]
    public void A_serialized_file_whose_map_is_zeros_is_refused_and_with_the_map_of_its_type_read()
    {
        const string Path = "model.layers.0";
        File.Copy(SharedData.Path("bnb", "bnb_nf4.safetensors"), folder.File("model.safetensors"));
        QLoraException error = Assert.Throws<QLoraException>(
            () => PackedFile.LoadFrom(folder.Path, 8, 8, PackedFile.ConfigOf(single), nf4, Path));
        Assert.Contains("quant_map': code 0 means 0, but nf4 has -1", error.Message);

        using var mended = new TempFolder();
        using Checkpoint file = Checkpoint.Open(folder.Path);
        SafetensorsWriter.Write(mended.File("model.safetensors"), [.. file.Tensors.Select(tensor => new TensorToWrite(
            tensor.Name, tensor.DType, tensor.Shape.AsSpan(), tensor.Name.EndsWith("quant_map", StringComparison.Ordinal)
                ? MemoryMarshal.AsBytes(Codebook.Values(QuantType.NF4)).ToArray() : file.Bytes(tensor.Name).ToArray()))]);
        using OneLinear model = PackedFile.LoadFrom(mended.Path, 8, 8, PackedFile.ConfigOf(single), nf4, Path);
        byte[] codes = file.Bytes($"{Path}.weight").ToArray();
        float absmax = MemoryMarshal.Read<float>(file.Bytes($"{Path}.weight.absmax"));
        float[] map = Codebook.Values(QuantType.NF4).ToArray();
        Assert.Equal(codes.SelectMany(code => new[] { map[code >> 4] * absmax, map[code & 15] * absmax }), model.Weight());
        Assert.Equal(single, model.Linear.Weight.Quantized.Format);
    }

    [SharedFact]
    public void A_linear_layer_with_a_partial_block()
    {
        using JsonDocument json = JsonDocument.Parse(File.ReadAllText(SharedData.Path("bnb", "pico_nf4_linear.json")));
        int n = json.RootElement.GetProperty("out_dim").GetInt32(), k = json.RootElement.GetProperty("in_dim").GetInt32();
        // The file has codes and absmax alone; the rest of a checkpoint is what its JSON tells.
        using SafetensorsFile given = SafetensorsFile.Open(SharedData.Path("bnb", "pico_nf4_linear.safetensors"));
        PackedFile file = new($"{{\"quant_type\": \"nf4\", \"blocksize\": {json.RootElement.GetProperty("blocksize")}, \"dtype\": \"float32\", \"shape\": [{n}, {k}]}}");
        foreach ((string name, TensorInfo tensor) in given.Tensors)
        {
            file.Set(name.EndsWith("absmax", StringComparison.Ordinal) ? "absmax" : "", tensor.DType, [.. tensor.Shape], given.Bytes(tensor));
        }
        file.Floats("quant_map", Codebook.Values(QuantType.NF4));

        using OneLinear model = file.Load(folder, n, k, PackedFile.ConfigOf(single), nf4);
        float[] expected = [.. json.RootElement.GetProperty("dequant").EnumerateArray().SelectMany(static row => row.EnumerateArray()).Select(static v => (float)v.GetDouble())];
        Assert.Equal(expected, model.Weight());
    }

    [SharedFact]
    public void A_weight_of_one_row_with_a_partial_block()
    {
        using JsonDocument json = JsonDocument.Parse(File.ReadAllText(SharedData.Path("bnb", "pico_nf4.json")));
        T[] Array<T>(string name) => json.RootElement.GetProperty(name).Deserialize<T[]>()!;
        int count = json.RootElement.GetProperty("n").GetInt32();
        PackedFile file = new($"{{\"quant_type\": \"nf4\", \"blocksize\": 64, \"dtype\": \"float32\", \"shape\": [1, {count}]}}");
        byte[] codes = [.. Array<int>("packed_bytes").Select(static value => (byte)value)];
        file.Set("", TensorDType.U8, [codes.Length, 1], codes);
        file.Floats("absmax", Array<float>("absmax"));
        file.Floats("quant_map", Array<float>("codebook"));

        using OneLinear model = file.Load(folder, 1, count, PackedFile.ConfigOf(single), nf4);
        Assert.Equal(Array<double>("dequant").Select(static value => (float)value), model.Weight());
    }
}
