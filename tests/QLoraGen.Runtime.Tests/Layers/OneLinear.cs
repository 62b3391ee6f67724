using QLoraGen.Checkpoints;
using QLoraGen.Kernels;
using QLoraGen.Testing;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace QLoraGen.Runtime.Tests.Layers;

/// <summary>
/// A model of one linear layer. Wired by hand: this assembly sees the runtime's internals, and an override that the
/// generator writes as <c>protected</c> would have to be <c>protected internal</c> here.
/// </summary>
internal sealed class OneLinear(int k, int n, bool bias = false, string path = "linear", QuantizationConfig? quantization = null)
    : CausalLM(new Size { VocabSize = n, HiddenSize = k, NumHiddenLayers = 1, QuantizationConfig = quantization })
{
    public Linear Linear { get; } = new(k, n, bias);

    public override QuantFormat? DeclaredFormat => null;

    public override LoraConfig? DeclaredAdapter => null;

    public override Tensor Hidden(Tensor ids, KVCache? cache = null) => ids;

    public override Tensor Logits(Tensor hidden) => Linear.Forward(hidden);

    /// <summary>A layer with normal weights, read back from a real checkpoint in the given format.</summary>
    public static OneLinear Loaded(int k, int n, QuantFormat? format, TensorDType dtype = TensorDType.F32, bool bias = false)
    {
        using var folder = new TempFolder();
        WriteCheckpoint(folder.Path, k, n, dtype, bias);
        var model = new OneLinear(k, n, bias);
        using Checkpoint checkpoint = Checkpoint.Open(folder.Path);
        model.LoadFrozen(checkpoint, format);
        return model;
    }

    /// <summary>Writes <c>model.safetensors</c> with <c>linear.weight</c> and, where asked for, <c>linear.bias</c>.</summary>
    public static void WriteCheckpoint(string folder, int k, int n, TensorDType dtype = TensorDType.F32, bool bias = false, int seed = 1)
    {
        List<TensorToWrite> tensors = [new("linear.weight", dtype, [n, k], Bytes((long)n * k, dtype, seed))];
        if (bias)
        {
            tensors.Add(new("linear.bias", dtype, [n], Bytes(n, dtype, seed + 1)));
        }
        SafetensorsWriter.Write(Path.Combine(folder, "model.safetensors"), tensors);
    }

    /// <summary>The weight as the layer computes with it, [n, k].</summary>
    public float[] Weight()
    {
        if (Linear.Weight.Dense is { } dense)
        {
            using Tensor values = dense.detach().to(ScalarType.Float32);
            return [.. values.data<float>()];
        }
        float[] decoded = new float[Linear.Weight.Count];
        Dequantizer.Dequantize(Linear.Weight.Quantized, 0, decoded);
        return decoded;
    }

    /// <summary>Uniform values in (-1, 1), the same for the same seed.</summary>
    public static float[] Values(long count, int seed)
    {
        var random = new Random(seed);
        float[] values = new float[count];
        for (long i = 0; i < count; i++)
        {
            values[i] = (2 * random.NextSingle()) - 1;
        }
        return values;
    }

    protected override void Register() => register_module("linear", Linear);

    protected internal override void Lay(QuantStateLayout layout)
    {
        layout.Quantized($"{path}.weight", Linear.Weight);
        layout.Dense($"{path}.bias", Linear.Bias);
    }

    protected internal override void Load(CheckpointLoader checkpoint)
    {
        checkpoint.Load($"{path}.weight", Linear.Weight);
        checkpoint.Load($"{path}.bias", Linear.Bias);
    }

    protected internal override void Adapt(AdapterTargets targets) => targets.Linear("linear", Linear);

    private static byte[] Bytes(long count, TensorDType dtype, int seed)
    {
        float[] values = Values(count, seed);
        if (dtype == TensorDType.F32)
        {
            return [.. MemoryMarshal.AsBytes<float>(values)];
        }
        ushort[] halves = [.. values.Select(static value => (ushort)(BitConverter.SingleToUInt32Bits(value) >> 16))];   // cut: still bf16
        return [.. MemoryMarshal.AsBytes<ushort>(halves)];
    }

    private sealed record Size : ModelConfig;
}
