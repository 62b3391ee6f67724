using QLoraGen.Checkpoints;
using QLoraGen.Data;
using QLoraGen.Testing;
using QLoraGen.Tokenization;
using static TorchSharp.torch;

// Training seeds torch's one random generator, and what lives and is resident is counted for the whole process.
[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace QLoraGen.Models.Tests;

/// <summary>stories260K, a real trained Llama of 260,000 parameters, and texts for it.</summary>
internal static class Stories
{
    public static string Folder => SharedData.Path("models", "stories260K");

    /// <summary>The model with its weights in NF4 with double quantization.</summary>
    public static CausalLM Load() => Load(new QuantFormat(QuantType.NF4));

    public static CausalLM Load(QuantFormat? format)
    {
        set_num_threads(1);   // the model is so small that threads wait for each other longer than they work
        CausalLM model = Architectures.Create(ConfigFile.Open(Folder));
        using Checkpoint checkpoint = Checkpoint.Open(Folder);
        model.LoadFrozen(checkpoint, format);
        return model;
    }

    /// <summary>The quantized model with fresh adapters of rank 4 on every linear layer.</summary>
    public static CausalLM LoadAdapted(double dropout = 0)
    {
        CausalLM model = Load();
        model.AddAdapters(new LoraConfig { R = 4, LoraAlpha = 8, LoraDropout = dropout }, seed: 1);
        return model;
    }

    public static IReadOnlyList<TokenizedSample> Samples(int maxLength)
    {
        Dataset stories = Dataset.Read(SharedData.Path("datasets", "tinystories", "nll50.json"));
        return SampleEncoder.EncodeAll(Tokenizer.Load(Folder), stories, maxLength).Samples;
    }
}
