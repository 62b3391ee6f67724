using QLoraGen.Checkpoints;
using QLoraGen.Kernels;
using QLoraGen.Runtime.Tests.Layers;
using QLoraGen.Testing;

namespace QLoraGen.Runtime.Tests.Checkpoints.BitsAndBytes;

public sealed class PackedWeightTests : IDisposable
{
    private const int N = 12, K = 172;   // blocks cross rows
    private static readonly QuantFormat nf4 = new(QuantType.NF4);
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(QuantType.NF4, 64, true, N, K)]
    [InlineData(QuantType.NF4, 64, false, N, K)]
    [InlineData(QuantType.FP4, 64, true, N, K)]
    [InlineData(QuantType.FP4, 64, false, N, K)]
    [InlineData(QuantType.NF4, 32, true, N, K)]
    [InlineData(QuantType.NF4, 4096, true, N, K)]
    [InlineData(QuantType.NF4, 64, true, 7, 13)]        // an odd count
    [InlineData(QuantType.NF4, 64, true, 256, 128)]     // two nested blocks
    public void The_region_is_that_of_the_weight_quantized_directly(QuantType type, int blockSize, bool doubleQuant, int n, int k)
    {
        var format = new QuantFormat(type, blockSize, doubleQuant);
        float[] values = OneLinear.Values((long)n * k, seed: 5);
        using OneLinear packed = PackedFile.Of(n, k, format, values).Load(folder, n, k, PackedFile.ConfigOf(format), nf4);
        using var other = new TempFolder();
        OneLinear.WriteCheckpoint(other.Path, k, n, seed: 5);
        using OneLinear direct = PackedFile.LoadFrom(other.Path, n, k, null, format);

        Assert.Equal(direct.Region!.Hash(), packed.Region!.Hash());
        Assert.Equal(format, packed.Linear.Weight.Quantized.Format);   // the checkpoint's own, whatever was asked for
        Assert.Equal(direct.Weight(), packed.Weight());
    }

    [Fact]
    public unsafe void A_map_of_the_files_own_lies_in_the_region_and_is_decoded_with()
    {
        PackedFile file = PackedFile.Of(N, K, nf4, OneLinear.Values((long)N * K, seed: 5));
        float[] map = [.. DynamicMap.Values.ToArray().Select(MathF.BitIncrement)];
        file.Floats("nested_quant_map", map);
        using OneLinear model = file.Load(folder, N, K, PackedFile.ConfigOf(nf4), nf4);

        QuantizedWeight weight = model.Linear.Weight.Quantized;
        Assert.Equal(map, new ReadOnlySpan<float>(weight.NestedMap, map.Length));
        Assert.InRange((nint)weight.NestedMap, (nint)model.Region!.Pointer, (nint)(model.Region.Pointer + model.Region.Length - 1024));
        // It goes where the other parts go, to a device say.
        Assert.Equal(map, model.Linear.named_buffers().Single(static buffer => buffer.name == "weight.nested_quant_map").buffer.data<float>().ToArray());
        float[] decoded = model.Weight();
        for (int i = 0; i < decoded.Length; i++)
        {
            int code = weight.Codes[i / 2] >> (i % 2 == 0 ? 4 : 0) & 15;
            float absmax = (map[weight.AbsmaxCodes[i / 64]] * *weight.NestedAbsmax) + *weight.NestedOffset;
            Assert.Equal(Codebook.Values(QuantType.NF4)[code] * absmax, decoded[i]);
        }
    }

    [Theory]
    [InlineData(TensorDType.BF16, 2)]
    [InlineData(TensorDType.F32, 4)]
    public void Codes_stored_as_another_type_are_the_same_bytes(TensorDType storage, int size)
    {
        float[] values = OneLinear.Values((long)N * K, seed: 5);
        PackedFile file = PackedFile.Of(N, K, nf4, values);
        using OneLinear plain = file.Load(folder, N, K, PackedFile.ConfigOf(nf4), nf4);
        byte[] codes = new byte[N * K / 2];
        unsafe
        {
            new ReadOnlySpan<byte>(plain.Linear.Weight.Quantized.Codes, codes.Length).CopyTo(codes);
        }
        file.Set("", storage, [codes.Length / size, 1], codes);
        using OneLinear model = file.Load(folder, N, K, PackedFile.ConfigOf(nf4), nf4);
        Assert.Equal(plain.Region!.Hash(), model.Region!.Hash());
    }

    [Fact]
    public void A_module_that_the_checkpoint_has_in_full_precision_stays_so()
    {
        PackedFile file = PackedFile.Of(N, K, nf4, OneLinear.Values((long)N * K, seed: 5));
        float[] values = OneLinear.Values(3 * 5, seed: 6);
        file.Dense("skipped.weight", [3, 5], values);
        file.Load(folder, N, K, PackedFile.ConfigOf(nf4), nf4).Dispose();

        using OneLinear skipped = PackedFile.LoadFrom(folder.Path, 3, 5, PackedFile.ConfigOf(nf4), nf4, "skipped");
        Assert.False(skipped.Linear.Weight.IsQuantized);
        Assert.Equal(values, skipped.Weight());
    }

    [Fact]
    public void Weights_in_full_precision_are_quantized_as_the_config_says_but_for_the_modules_that_it_skips()
    {
        OneLinear.WriteCheckpoint(folder.Path, K, N);
        QuantizationConfig config = PackedFile.ConfigOf(nf4);
        using OneLinear quantized = PackedFile.LoadFrom(folder.Path, N, K, config, nf4);
        Assert.True(quantized.Linear.Weight.IsQuantized);
        using OneLinear skipped = PackedFile.LoadFrom(folder.Path, N, K, config with { LlmInt8SkipModules = ["linear"] }, nf4);
        Assert.False(skipped.Linear.Weight.IsQuantized);
    }

    [Fact]
    public void It_is_not_kept_in_the_cache_of_regions_which_would_hold_the_same_again()
    {
        PackedFile.Of(N, K, nf4, OneLinear.Values((long)N * K, seed: 5)).Load(folder, N, K, PackedFile.ConfigOf(nf4), nf4).Dispose();
        using var model = new OneLinear(K, N, quantization: PackedFile.ConfigOf(nf4));
        using Checkpoint checkpoint = Checkpoint.Open(folder.Path);
        model.LoadFrozen(checkpoint, nf4, new RegionCache(folder.File("cache")), Assert.Fail);
        Assert.False(Directory.Exists(folder.File("cache")));
    }
}
