using QLoraGen.Testing;

namespace QLoraGen.Kernels.Tests.Formats;

/// <summary>bitsandbytes' own CPU library, run on 65,536 values: every bit must be the same.</summary>
public sealed unsafe class BitsAndBytesGoldenTests
{
    private static readonly QuantFormat single = new(QuantType.NF4, DoubleQuant: false);
    private static readonly QuantFormat nested = new(QuantType.NF4);

    private static T[] Golden<T>(string name) where T : unmanaged => Values.Read<T>(SharedData.Path("bnb", "golden", name));

    [SharedFact]
    public void The_codebook_its_midpoints_and_the_dynamic_map_are_bitsandbytes()
    {
        Assert.Equal(0, Values.Mismatches(Golden<float>("nf4_code_f32.bin"), Codebook.Values(QuantType.NF4)));
        Assert.Equal(0, Values.Mismatches<float>(Golden<float>("nf4_bounds_f32.bin"), EncoderTables.NF4Midpoints));
        Assert.Equal(0, Values.Mismatches(Golden<float>("dynamic_map_f32.bin"), DynamicMap.Values));
    }

    [SharedTheory]
    [MemberData(nameof(SimdLevels.All), MemberType = typeof(SimdLevels))]
    public void Codes_and_absmax_are_bitsandbytes(string level)
    {
        using var weight = new TestWeight(single, 256, 256);
        Quantizer.Quantize(Golden<float>("input_f32.bin"), weight.View, SimdLevels.Get(level));
        Assert.Equal(0, Values.Mismatches<byte>(Golden<byte>("nf4_packed_u8.bin"), weight.Codes));
        Assert.Equal(0, Values.Mismatches<float>(Golden<float>("nf4_absmax_f32.bin"), weight.AbsmaxValues));
    }

    [SharedTheory]
    [MemberData(nameof(SimdLevels.All), MemberType = typeof(SimdLevels))]
    public void Dequantized_values_are_bitsandbytes_in_fp32_and_in_bf16(string level)
    {
        using var weight = new TestWeight(single, 256, 256);
        Quantizer.Quantize(Golden<float>("input_f32.bin"), weight.View);
        float[] floats = new float[65536];
        ushort[] halves = new ushort[65536];
        Dequantizer.Dequantize(weight.View, 0, floats, SimdLevels.Get(level));
        Dequantizer.Dequantize(weight.View, 0, halves, SimdLevels.Get(level));
        Assert.Equal(0, Values.Mismatches<float>(Golden<float>("nf4_dequant_f32.bin"), floats));
        Assert.Equal(0, Values.Mismatches<ushort>(Golden<ushort>("nf4_dequant_bf16.bin"), halves));
    }

    [SharedFact]
    public void Double_quantization_is_bitsandbytes_given_its_offset()
    {
        using var weight = new TestWeight(nested, 256, 256);
        Quantizer.Quantize(Golden<float>("input_f32.bin"), weight.View);
        *weight.View.NestedOffset = Golden<float>("nested_offset_f32.bin")[0];
        fixed (float* absmax = Golden<float>("nf4_absmax_f32.bin"))
        {
            DoubleQuantizer.Quantize(absmax, weight.View);
        }

        Assert.Equal(0, Values.Mismatches<byte>(Golden<byte>("nested_absmax_u8_exact.bin"), weight.Absmax));
        Assert.Equal(0, Values.Mismatches<float>(Golden<float>("nested_absmax2_f32.bin"), weight.NestedAbsmax));
        Assert.Equal(0, Values.Mismatches<float>(Golden<float>("nested_recovered_absmax_f32.bin"), weight.Recovered));
        Assert.Equal(0, Values.Mismatches<float>(Golden<float>("nf4_dequant_nested_f32.bin"), weight.Dequantized()));
    }

    [SharedFact]
    public void The_mean_absmax_is_within_two_units_in_the_last_place_of_bitsandbytes()
    {
        float mean = DoubleQuantizer.Mean(Golden<float>("nf4_absmax_f32.bin"));
        int distance = BitConverter.SingleToInt32Bits(Golden<float>("nested_offset_f32.bin")[0]) - BitConverter.SingleToInt32Bits(mean);
        Assert.InRange(distance, -2, 2);
    }

    [SharedFact]
    public void One_value_is_a_partial_block_and_half_a_byte_as_in_bitsandbytes()
    {
        using var weight = new TestWeight(single, 1, 1);
        Quantizer.Quantize(Golden<float>("input_f32.bin").AsSpan(0, 1), weight.View);
        Assert.Equal(Golden<byte>("rem1_packed_u8.bin"), weight.Codes.ToArray());
        Assert.Equal(0, Values.Mismatches<float>(Golden<float>("rem1_absmax_f32.bin"), weight.AbsmaxValues));
    }
}
