using QLoraGen.Checkpoints;
using QLoraGen.Testing;
using static TorchSharp.torch;

namespace QLoraGen.Models.Tests;

/// <summary>LongRoPE has other frequencies for long texts: their beginning is read again when they become long.</summary>
public sealed class LongContextTests
{
    [Fact]
    public void Generation_past_the_original_context_gives_what_whole_passes_give()
    {
        using var folder = new TempFolder();
        using CausalLM model = Architectures.Create(ConfigFile.Open(folder.Write("config.json", """
            {
                "model_type": "phi3", "vocab_size": 50, "hidden_size": 16, "intermediate_size": 24, "num_hidden_layers": 2, "num_attention_heads": 4,
                "max_position_embeddings": 64, "original_max_position_embeddings": 8, "rope_theta": 100.0,
                "rope_scaling": {"type": "longrope", "short_factor": [1.0, 1.1], "long_factor": [3.0, 9.0]}
            }
            """)));
        model.Initialize(seed: 5);
        Assert.Equal(8, model.Config.CacheIsGoodFor);
        List<int> text = [3, 1, 4, 1, 5];
        int[] generated = [.. new TextGenerator(model, eosId: null).Generate(text, new SamplingOptions { MaxNewTokens = 12 })];
        foreach (int token in generated)
        {
            using var scope = NewDisposeScope();
            using var _ = no_grad();
            Assert.Equal(model.Forward(tensor([.. text.Select(static id => (long)id)]).unsqueeze(0))[0, -1].argmax().item<long>(), token);
            text.Add(token);
        }
        Assert.Equal(12, generated.Length);
        Assert.True(generated.Distinct().Count() > 3);
    }
}
