using System.Text.Json;
using QLoraGen.Checkpoints;
using QLoraGen.Testing;
using static TorchSharp.torch;

namespace QLoraGen.Models.Tests;

/// <summary>
/// A model of random weights in the shared data, with logits that Transformers computed: <c>tiny_NAME_logits.json</c> and beside it
/// <c>tiny_NAME_config.json</c> and <c>tiny_NAME.safetensors</c>. Whatever lies there is found.
/// </summary>
/// <param name="name">NAME.</param>
internal sealed class TinyFixture(string name)
{
    private const string End = "_logits.json";

    private static string Folder => SharedData.Path("models", "tiny");

    /// <summary>All that are there.</summary>
    public static IEnumerable<TinyFixture> All => Directory.GetFiles(Folder, $"tiny_*{End}").Order(StringComparer.Ordinal)
        .Select(static path => new TinyFixture(Path.GetFileName(path)["tiny_".Length..^End.Length])).Where(static fixture => fixture.IsOfTokens);

    public string Name => name;

    /// <summary>Whether there is a class for it.</summary>
    public bool IsKnown => ModelType is { } type && Architectures.ModelTypes.Contains(type);

    public string? ModelType => Config.RootElement.TryGetProperty("model_type", out JsonElement type) ? type.GetString() : null;

    // A fixture of images or audio, of a classifier or of another form is none of a language model.
    private bool IsOfTokens => Reference.RootElement.TryGetProperty("sequences", out _) && Reference.RootElement.TryGetProperty("logits", out _)
        && Weights is not null && (!Config.RootElement.TryGetProperty("architectures", out JsonElement heads) || heads.GetRawText().Contains("ForCausalLM"));

    private JsonDocument Reference { get; } = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder, $"tiny_{name}{End}")));

    private JsonDocument Config => File.Exists(PathOf("_config.json"))
        ? JsonDocument.Parse(File.ReadAllBytes(PathOf("_config.json")))
        : JsonDocument.Parse(Gpt2Config());

    // Some fixtures share the weights of another: gptneox_seq has those of gptneox.
    private string? Weights => Prefixes().Select(static prefix => Path.Combine(Folder, $"tiny_{prefix}.safetensors")).FirstOrDefault(File.Exists);

    /// <summary>The largest difference between the model's logits and the reference's.</summary>
    /// <param name="folder">A folder for the model.</param>
    public double LargestDifference(TempFolder folder)
    {
        using CausalLM model = Load(folder);
        return LargestDifference(model);
    }

    /// <summary>The same of a model that has its weights.</summary>
    public double LargestDifference(CausalLM model)
    {
        long[][] sequences = Reference.RootElement.GetProperty("sequences").Deserialize<long[][]>()!;
        double[][][] expected = Reference.RootElement.GetProperty("logits").Deserialize<double[][][]>()!;
        double largest = 0;
        using var _ = no_grad();
        foreach ((long[] ids, double[][] rows) in sequences.Zip(expected))
        {
            using var scope = NewDisposeScope();
            float[] logits = [.. model.Forward(tensor(ids).unsqueeze(0)).data<float>()];
            Assert.Equal(rows.Sum(static row => row.Length), logits.Length);
            largest = rows.SelectMany(static row => row).Zip(logits, static (e, a) => Math.Abs(e - a)).Append(largest).Max();
        }
        return largest;
    }

    /// <summary>The model in a folder as the Hub has it.</summary>
    public CausalLM Load(TempFolder folder, QuantFormat? format = null)
    {
        File.Copy(Weights!, folder.File("model.safetensors"));
        File.WriteAllText(folder.File("config.json"), Config.RootElement.GetRawText());
        CausalLM model = Architectures.Create(ConfigFile.Open(folder.Path));
        using Checkpoint checkpoint = Checkpoint.Open(folder.Path);
        model.LoadFrozen(checkpoint, format);
        return model;
    }

    public override string ToString() => name;

    private string PathOf(string end) => Path.Combine(Folder, $"tiny_{name}{end}");

    private IEnumerable<string> Prefixes()
    {
        for (string prefix = name; prefix.Length > 0; prefix = prefix[..Math.Max(0, prefix.LastIndexOf('_'))])
        {
            yield return prefix;
        }
    }

    // GPT-2's fixtures have no config.json: the sizes are those of its tensors, and a head is 4 wide.
    private string Gpt2Config()
    {
        if (Weights is null)
        {
            return "{}";
        }
        using SafetensorsFile file = SafetensorsFile.Open(Weights);
        TensorInfo? tokens = file.Tensors.Values.FirstOrDefault(static tensor => tensor.Name.EndsWith("wte.weight"));
        TensorInfo? positions = file.Tensors.Values.FirstOrDefault(static tensor => tensor.Name.EndsWith("wpe.weight"));
        return tokens is null || positions is null ? "{}" : JsonSerializer.Serialize(new
        {
            model_type = "gpt2",
            vocab_size = tokens.Shape[0],
            n_embd = tokens.Shape[1],
            n_head = tokens.Shape[1] / 4,
            n_positions = positions.Shape[0],
            n_layer = file.Tensors.Keys.Count(static key => key.EndsWith("ln_1.weight")),
        });
    }
}
