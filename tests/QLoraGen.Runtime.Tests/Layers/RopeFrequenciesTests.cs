namespace QLoraGen.Runtime.Tests.Layers;

/// <summary>The ways in which configs stretch rotary frequencies, against formulas written out anew.</summary>
public sealed class RopeFrequenciesTests
{
    private const int Width = 128;
    private const double Theta = 500_000;

    // Hugging Face's rule, by wavelength, as it is published with Llama 3.1.
    [Fact]
    public void Llama_3_stretches_long_waves_whole_short_ones_not_and_blends_between()
    {
        double[] scaled = Of(new() { RopeType = "llama3", Factor = 8, LowFreqFactor = 1, HighFreqFactor = 4, OriginalMaxPositionEmbeddings = 8192 });
        var kinds = new HashSet<int>();
        for (int i = 0; i < Width / 2; i++)
        {
            double frequency = Plain(i), wavelength = 2 * Math.PI / frequency, expected;
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
            Assert.Equal(1, scaled[i] / expected, 1e-12);
        }
        Assert.Equal(3, kinds.Count);
    }

    [Fact]
    public void Linear_scaling_divides_every_frequency_and_the_default_none()
    {
        Assert.Equal(Plain(5) / 4, Of(new() { RopeType = "linear", Factor = 4 })[5], 1e-15);
        Assert.Equal(Plain(5) / 4, Of(new() { Type = "linear", Factor = 4 })[5], 1e-15);
        Assert.Equal(Plain(5), Of(new() { Factor = 4 })[5], 1e-15);
    }

    [Fact]
    public void Dynamic_scaling_begins_past_the_longest_context_and_raises_the_base()
    {
        RopeScaling dynamic = new() { RopeType = "dynamic", Factor = 2 };
        Assert.Equal(Plain(5), Of(dynamic, length: 1024)[5], 1e-15);
        double theta = Theta * Math.Pow((2 * 3000 / 1024.0) - 1, 128 / 126.0);   // at 3000 tokens of 1024
        Assert.Equal(Math.Pow(theta, -10.0 / 128), Of(dynamic, length: 3000)[5], 1e-12);
    }

    // arXiv 2309.00071: dimensions that turn 32 times and more within the context stay, those that turn once at most are stretched.
    [Fact]
    public void Yarn_keeps_fast_waves_stretches_slow_ones_and_ramps_between()
    {
        double[] scaled = Of(new() { RopeType = "yarn", Factor = 4, OriginalMaxPositionEmbeddings = 4096 });
        int first = (int)Math.Floor(Dimension(32)), last = (int)Math.Ceiling(Dimension(1));
        Assert.InRange(first, 1, last - 2);
        for (int i = 0; i < Width / 2; i++)
        {
            double stretched = i <= first ? 0 : i >= last ? 1 : (i - first) / (double)(last - first);
            Assert.Equal(1, scaled[i] / ((stretched * Plain(i) / 4) + ((1 - stretched) * Plain(i))), 1e-12);
        }

        static double Dimension(double turns) => Width * Math.Log(4096 / (turns * 2 * Math.PI)) / (2 * Math.Log(Theta));
    }

    [Fact]
    public void Yarn_and_longrope_raise_the_scores()
    {
        Assert.Equal((0.1 * Math.Log(4)) + 1, Attention(new() { RopeType = "yarn", Factor = 4, OriginalMaxPositionEmbeddings = 256 }), 1e-12);
        Assert.Equal(
            ((0.1 * 2 * Math.Log(4)) + 1) / ((0.1 * 0.5 * Math.Log(4)) + 1),
            Attention(new() { RopeType = "yarn", Factor = 4, Mscale = 2, MscaleAllDim = 0.5 }), 1e-12);
        Assert.Equal(Math.Sqrt(1 + (Math.Log(4) / Math.Log(256))), Attention(new() { RopeType = "longrope", OriginalMaxPositionEmbeddings = 256 }), 1e-12);
        Assert.Equal(1.5, Attention(new() { RopeType = "longrope", OriginalMaxPositionEmbeddings = 256, AttentionFactor = 1.5 }));
        Assert.Equal(1, Attention(new() { RopeType = "linear", Factor = 4 }));
    }

    [Theory]
    [InlineData("ntk", "'ntk' is not supported")]
    [InlineData("linear", "rope_scaling.factor is missing")]
    [InlineData("llama3", "rope_scaling.factor is missing")]
    [InlineData("longrope", "rope_scaling.short_factor is missing")]
    public void What_is_not_known_or_not_complete_is_refused_by_name(string method, string says)
    {
        Assert.Contains(says, Assert.Throws<QLoraException>(() => new RopeScaling { RopeType = method }.Validate(4)).Message);
        Assert.Contains(says, Assert.Throws<QLoraException>(() => new RopeScaling { Type = method }.Validate(4)).Message);
    }

    [Fact]
    public void Numbers_that_are_not_possible_are_refused()
    {
        Assert.Contains("rope_scaling.factor", Refusal(new() { RopeType = "yarn", Factor = -1 }));
        Assert.Contains("4 numbers above 0", Refusal(new() { RopeType = "longrope", ShortFactor = [1, 1, 1], LongFactor = [1, 1, 1, 1] }));
        Assert.Contains("rope_scaling.high_freq_factor", Refusal(
            new() { RopeType = "llama3", Factor = 8, LowFreqFactor = 4, HighFreqFactor = 4, OriginalMaxPositionEmbeddings = 8192 }));

        static string Refusal(RopeScaling scaling) => Assert.Throws<QLoraException>(() => scaling.Validate(4)).Message;
    }

    private static double[] Of(RopeScaling scaling, long length = 10) => new RopeFrequencies(Width, Theta, scaling, 1024).Of(length);

    private static double Attention(RopeScaling scaling) => new RopeFrequencies(Width, Theta, scaling, 1024).AttentionFactor;

    private static double Plain(int i) => Math.Pow(Theta, -2.0 * i / Width);
}
