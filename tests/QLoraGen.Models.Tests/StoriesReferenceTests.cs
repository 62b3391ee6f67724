using QLoraGen.Checkpoints;
using QLoraGen.Data;
using QLoraGen.Testing;
using QLoraGen.Tokenization;

namespace QLoraGen.Models.Tests;

/// <summary>A real trained Llama, full and quantized, against float64 results computed elsewhere.</summary>
public sealed class StoriesReferenceTests
{
    [SharedTheory]
    [InlineData(QuantType.None, 1.318012)]
    [InlineData(QuantType.NF4, 1.417625)]
    [InlineData(QuantType.INT4, 1.474396)]
    [InlineData(QuantType.FP4, 1.526464)]
    public void The_mean_nll_over_50_stories_is_that_of_the_reference(QuantType type, double expected) =>
        Assert.Equal(expected, MeanNll(type == QuantType.None ? null : new QuantFormat(type, DoubleQuant: false)), 1e-4);

    [SharedFact]
    public void Double_quantization_costs_next_to_nothing() =>
        Assert.Equal(1.417625, MeanNll(new QuantFormat(QuantType.NF4)), 0.005);

    private static double MeanNll(QuantFormat? format)
    {
        string folder = SharedData.Path("models", "stories260K");
        using CausalLM model = Architectures.Create(ConfigFile.Open(folder));
        using Checkpoint checkpoint = Checkpoint.Open(folder);
        model.LoadFrozen(checkpoint, format);
        Dataset stories = Dataset.Read(SharedData.Path("datasets", "tinystories", "nll50.json"));
        return Perplexity.Measure(model, SampleEncoder.EncodeAll(Tokenizer.Load(folder), stories, 512).Samples).MeanNll;
    }
}
