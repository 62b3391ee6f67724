using System.Runtime.InteropServices;
using System.Text;
using QLoraGen.Checkpoints;
using QLoraGen.Kernels;
using QLoraGen.Runtime.Tests.Layers;
using QLoraGen.Testing;

namespace QLoraGen.Runtime.Tests.Checkpoints.BitsAndBytes;

/// <summary>A checkpoint folder of one weight in 4 bits, written part by part as bitsandbytes names them, to be spoilt in one of them.</summary>
internal sealed class PackedFile
{
    public const string Name = "linear.weight";

    private readonly OrderedDictionary<string, TensorToWrite> parts = [];

    /// <summary>A weight of parts that come from elsewhere.</summary>
    public PackedFile(string json, string type = "nf4") => Json(json, type);

    /// <summary>Normal-looking values of [n, k], quantized by the kernels.</summary>
    public static unsafe PackedFile Of(int n, int k, QuantFormat format, float[] values)
    {
        QuantSlot slot = QuantSlot.At(0, (long)n * k, format);
        using FrozenRegion region = FrozenRegion.Allocate(slot.End);
        var weight = new QuantizedWeight(region.Pointer, slot, format, n, k);
        Quantizer.Quantize(values, weight);
        string type = format.Type.ToString().ToLowerInvariant();
        string nested = format.DoubleQuant ? $", \"nested_blocksize\": 256, \"nested_dtype\": \"float32\", \"nested_offset\": {(double)*weight.NestedOffset:R}" : "";
        PackedFile file = new($"{{\"quant_type\": \"{type}\", \"blocksize\": {format.BlockSize}, \"dtype\": \"float32\", \"shape\": [{n}, {k}]{nested}}}", type);
        file.Set("", TensorDType.U8, [slot.CodesLength, 1], new(region.Pointer, (int)slot.CodesLength));
        file.Floats("quant_map", Codebook.Values(format.Type));
        file.Set("absmax", format.DoubleQuant ? TensorDType.U8 : TensorDType.F32, [weight.Blocks], new(region.Pointer + slot.Absmax, (int)slot.AbsmaxLength));
        if (format.DoubleQuant)
        {
            file.Floats("nested_absmax", new(weight.NestedAbsmax, (int)slot.NestedAbsmaxLength / 4));
            file.Floats("nested_quant_map", DynamicMap.Values);
        }
        return file;
    }

    public void Json(string json, string type = "nf4") =>
        Set($"quant_state.bitsandbytes__{type}", TensorDType.U8, [Encoding.UTF8.GetByteCount(json)], Encoding.UTF8.GetBytes(json));

    public void Floats(string part, ReadOnlySpan<float> values) => Set(part, TensorDType.F32, [values.Length], MemoryMarshal.AsBytes(values));

    /// <summary>A tensor of another name in full precision.</summary>
    public void Dense(string key, long[] shape, ReadOnlySpan<float> values) =>
        parts[key] = new TensorToWrite(key, TensorDType.F32, shape, MemoryMarshal.AsBytes(values).ToArray());

    public void Set(string part, TensorDType dtype, long[] shape, ReadOnlySpan<byte> bytes)
    {
        string key = part.Length == 0 ? Name : $"{Name}.{part}";
        parts[key] = new TensorToWrite(key, dtype, shape, bytes.ToArray());
    }

    public void Remove(string part) => parts.Remove($"{Name}.{part}");

    /// <summary>Writes the folder's model.safetensors and loads it into a model.</summary>
    public OneLinear Load(TempFolder folder, int n, int k, QuantizationConfig? config, QuantFormat? format)
    {
        SafetensorsWriter.Write(folder.File("model.safetensors"), [.. parts.Values]);
        return LoadFrom(folder.Path, n, k, config, format);
    }

    /// <summary>Loads a folder's checkpoint into a model of one layer.</summary>
    public static OneLinear LoadFrom(string folder, int n, int k, QuantizationConfig? config, QuantFormat? format, string path = "linear")
    {
        var model = new OneLinear(k, n, path: path, quantization: config);
        try
        {
            using Checkpoint checkpoint = Checkpoint.Open(folder);
            model.LoadFrozen(checkpoint, format);
            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>What a config.json says of such a checkpoint.</summary>
    public static QuantizationConfig ConfigOf(QuantFormat format) => new()
    {
        QuantMethod = "bitsandbytes", LoadIn4Bit = true, Bnb4BitQuantType = format.Type.ToString().ToLowerInvariant(),
        Bnb4BitUseDoubleQuant = format.DoubleQuant,
    };
}
