using static TorchSharp.torch;

namespace QLoraGen.Runtime.Tests.Layers;

/// <summary>RoFormer's rotation, against formulas written out in double.</summary>
public sealed class RotaryEmbeddingTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(700)]   // past the first table
    public void A_pair_turns_by_its_position_times_its_frequency(int start)
    {
        const int HeadDim = 8, Positions = 5;
        using var scope = NewDisposeScope();
        Tensor x = tensor(OneLinear.Values(2 * Positions * HeadDim, 1)).view(1, 2, Positions, HeadDim);
        float[] rotated = [.. new RotaryEmbedding(HeadDim, theta: 10_000).At(start, Positions).Apply(x).data<float>()];
        float[] plain = [.. x.data<float>()];
        for (int row = 0; row < 2 * Positions; row++)
        {
            for (int i = 0; i < HeadDim / 2; i++)
            {
                double angle = (start + (row % Positions)) * Math.Pow(10_000, -2.0 * i / HeadDim);
                double first = plain[(row * HeadDim) + i], second = plain[(row * HeadDim) + i + (HeadDim / 2)];
                Assert.Equal((first * Math.Cos(angle)) - (second * Math.Sin(angle)), rotated[(row * HeadDim) + i], 1e-4);
                Assert.Equal((second * Math.Cos(angle)) + (first * Math.Sin(angle)), rotated[(row * HeadDim) + i + (HeadDim / 2)], 1e-4);
            }
        }
    }

    [Fact]
    public void Scores_depend_on_the_distance_alone()
    {
        using var scope = NewDisposeScope();
        var rotary = new RotaryEmbedding(16, theta: 10_000);
        Tensor q = tensor(OneLinear.Values(16, 1)).view(1, 1, 1, 16), k = tensor(OneLinear.Values(16, 2)).view(1, 1, 1, 16);
        Assert.Equal(Score(9, 4), Score(105, 100), 1e-4);
        Assert.NotEqual(Score(9, 4), Score(9, 5), 1e-2);

        float Score(int a, int b) => (rotary.At(a, 1).Apply(q) * rotary.At(b, 1).Apply(k)).sum().item<float>();
    }

    [Fact]
    public void Rotations_that_were_given_outlive_the_growth_of_the_table()
    {
        using var scope = NewDisposeScope();
        var rotary = new RotaryEmbedding(8, theta: 10_000);
        Rotation first = rotary.At(2, 1);
        float[] before = [.. first.Sin.data<float>()];
        rotary.At(5_000, 1);
        Assert.Equal(before, first.Sin.data<float>().ToArray());
        Assert.Equal(before, rotary.At(2, 1).Sin.data<float>().ToArray());
    }

    [Fact]
    public void The_rest_of_a_wider_head_stays_as_it_is()
    {
        using var scope = NewDisposeScope();
        Tensor x = tensor(OneLinear.Values(3 * 10, 1)).view(1, 1, 3, 10);
        Rotation rotation = new RotaryEmbedding(6, theta: 10_000).At(5, 3);
        Tensor rotated = rotation.Apply(x);
        Assert.Equal(rotation.Apply(x.narrow(-1, 0, 6)).data<float>().ToArray(), rotated.narrow(-1, 0, 6).contiguous().data<float>().ToArray());
        Assert.Equal(x.narrow(-1, 6, 4).contiguous().data<float>().ToArray(), rotated.narrow(-1, 6, 4).contiguous().data<float>().ToArray());
    }

    [Fact]
    public void The_table_is_made_from_stretched_frequencies()
    {
        var llama31 = new RopeScaling { RopeType = "llama3", Factor = 8, LowFreqFactor = 1, HighFreqFactor = 4, OriginalMaxPositionEmbeddings = 8192 };
        float[] angles = [.. new RotaryEmbedding(128, 500_000, llama31).At(1, 1).Sin.data<float>()];
        Assert.Equal(Math.Sin(1), angles[0], 1e-6);                                                 // wavelength 6.3: left alone
        Assert.Equal(Math.Pow(500_000, -126.0 / 128) / 8 * 1e6, angles[63] * 1e6, 1e-3);   // 2.6 million: an eighth
    }

    [Fact]
    public void A_context_past_the_original_one_has_frequencies_of_its_own()
    {
        var longrope = new RopeScaling { Type = "su", ShortFactor = [1, 1], LongFactor = [2, 4], OriginalMaxPositionEmbeddings = 8 };
        var rotary = new RotaryEmbedding(4, theta: 100, longrope, maxPositions: 32);
        double attention = Math.Sqrt(1 + (Math.Log(4) / Math.Log(8)));
        Assert.Equal(attention * Math.Sin(1), rotary.At(1, 1).Sin.data<float>()[0], 1e-6);
        Assert.Equal(attention * Math.Sin(0.5), rotary.At(0, 9).Sin.contiguous().data<float>()[4], 1e-6);   // of 9 tokens, the second
        Assert.Equal(attention * Math.Sin(1), rotary.At(1, 1).Sin.data<float>()[0], 1e-6);
        Assert.Equal(8, longrope.ChangesAfter);
    }
}
