using static TorchSharp.torch;

namespace QLoraGen.Runtime.Tests.Layers;

/// <summary>RoFormer's rotation, and the two ways in which configs stretch it, against formulas written out in double.</summary>
public sealed class RotaryEmbeddingTests
{
    private static readonly RopeScaling llama31 = new()
    {
        RopeType = "llama3", Factor = 8, LowFreqFactor = 1, HighFreqFactor = 4, OriginalMaxPositionEmbeddings = 8192,
    };

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

    // Hugging Face's rule, by wavelength, as it is published with Llama 3.1.
    [Fact]
    public void Llama_3_stretches_long_waves_whole_short_ones_not_and_blends_between()
    {
        var kinds = new HashSet<int>();
        for (int i = 0; i < 64; i++)
        {
            double frequency = Math.Pow(500_000, -2.0 * i / 128), wavelength = 2 * Math.PI / frequency, expected;
            if (wavelength < 8192 / 4.0)
            {
                (expected, _) = (frequency, kinds.Add(0));
            }
            else if (wavelength > 8192 / 1.0)
            {
                (expected, _) = (frequency / 8, kinds.Add(1));
            }
            else
            {
                double smooth = ((8192 / wavelength) - 1) / (4 - 1);
                (expected, _) = (((1 - smooth) * frequency / 8) + (smooth * frequency), kinds.Add(2));
            }
            Assert.Equal(1, llama31.Scale(frequency) / expected, 1e-12);
        }
        Assert.Equal(3, kinds.Count);
    }

    [Fact]
    public void The_table_is_made_from_stretched_frequencies()
    {
        float[] angles = [.. new RotaryEmbedding(128, 500_000, llama31).At(1, 1).Sin.data<float>()];
        Assert.Equal(Math.Sin(1), angles[0], 1e-6);                                                 // wavelength 6.3: left alone
        Assert.Equal(Math.Pow(500_000, -126.0 / 128) / 8 * 1e6, angles[63] * 1e6, 1e-3);   // 2.6 million: an eighth
    }

    [Fact]
    public void Linear_scaling_divides_every_frequency_and_the_default_none()
    {
        Assert.Equal(0.125, new RopeScaling { RopeType = "linear", Factor = 4 }.Scale(0.5));
        Assert.Equal(0.125, new RopeScaling { Type = "linear", Factor = 4 }.Scale(0.5));
        Assert.Equal(0.5, new RopeScaling { Factor = 4 }.Scale(0.5));
    }

    [Theory]
    [InlineData("yarn")]
    [InlineData("dynamic")]
    public void A_method_that_is_not_known_is_refused_by_name(string method)
    {
        Assert.Contains($"'{method}'", Assert.Throws<QLoraException>(new RopeScaling { RopeType = method }.Validate).Message);
        Assert.Contains($"'{method}'", Assert.Throws<QLoraException>(new RopeScaling { Type = method }.Validate).Message);
    }
}
