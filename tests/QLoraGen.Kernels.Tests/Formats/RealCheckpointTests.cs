using System.Runtime.InteropServices;
using QLoraGen.Testing;

namespace QLoraGen.Kernels.Tests.Formats;

/// <summary>Slices of real double-quantized NF4 checkpoints, with the bf16 values that bitsandbytes recovers from them.</summary>
public sealed unsafe class RealCheckpointTests
{
    [SharedTheory]
    [InlineData("qwen2_5_1_5b_nf4_dq.bin")]
    [InlineData("phi3_5_mini_nf4_dq.bin")]
    public void A_slice_of_a_real_checkpoint_is_recovered_bit_for_bit_with_its_own_map(string file)
    {
        byte[] bytes = File.ReadAllBytes(SharedData.Path("bnb", file));
        int[] header = MemoryMarshal.Cast<byte, int>(bytes.AsSpan(0, 36)).ToArray();
        int at = 36;
        T[] Next<T>(int length) where T : unmanaged
        {
            at += length;
            return MemoryMarshal.Cast<byte, T>(bytes.AsSpan(at - length, length)).ToArray();
        }
        float offset = Next<float>(4)[0];
        byte[] codes = Next<byte>(header[3]), absmax = Next<byte>(header[4]);
        float[] quantMap = Next<float>(header[5]), nestedAbsmax = Next<float>(header[6]), nestedMap = Next<float>(header[7]);
        ushort[] expected = Next<ushort>(header[8]);
        Assert.Equal(bytes.Length, at);
        Assert.Equal(0, Values.Mismatches(quantMap, Codebook.Values(QuantType.NF4)));

        using var weight = new TestWeight(new(QuantType.NF4, header[2]), 1, header[1], nestedMap);
        codes.CopyTo(weight.Codes);
        absmax.CopyTo(weight.Absmax);
        nestedAbsmax.CopyTo(weight.NestedAbsmax);
        *weight.View.NestedOffset = offset;
        ushort[] actual = new ushort[header[1]];
        Dequantizer.Dequantize(weight.View, 0, actual);

        Assert.Equal(0, Values.Mismatches<ushort>(expected, actual));
        // The file's map is not ours: 38 entries differ in their last bits.
        Assert.Equal(38, Values.Mismatches(nestedMap, DynamicMap.Values));
    }
}
