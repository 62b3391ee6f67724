using System.Text.Json;
using QLoraGen.Checkpoints;
using QLoraGen.Models;
using static TorchSharp.torch;

namespace QLoraGen.Benchmarks;

/// <summary>
/// A Llama of 100 million random parameters as a folder, for timing whole runs of <c>finetune</c> and <c>generate</c> with the
/// tokenizer of another model.
/// </summary>
internal static class RandomLlama
{
    public static void Write(string folder, string tokenizerFolder)
    {
        Directory.CreateDirectory(folder);
        foreach (string file in Directory.EnumerateFiles(tokenizerFolder, "*token*").Append(Path.Combine(tokenizerFolder, "generation_config.json")))
        {
            if (File.Exists(file))
            {
                File.Copy(file, Path.Combine(folder, Path.GetFileName(file)), overwrite: true);
            }
        }
        using JsonDocument other = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(tokenizerFolder, "config.json")));
        AtomicFile.Write(Path.Combine(folder, "config.json"), stream => JsonSerializer.Serialize(stream, new Dictionary<string, object>
        {
            ["architectures"] = new[] { "LlamaForCausalLM" },
            ["model_type"] = "llama",
            ["vocab_size"] = other.RootElement.GetProperty("vocab_size").GetInt32(),
            ["hidden_size"] = 768,
            ["intermediate_size"] = 2048,
            ["num_hidden_layers"] = 14,
            ["num_attention_heads"] = 12,
            ["num_key_value_heads"] = 12,
            ["max_position_embeddings"] = 2048,
            ["rms_norm_eps"] = 1e-5,
            ["rope_theta"] = 10_000.0,
            ["hidden_act"] = "silu",
            ["tie_word_embeddings"] = true,
            ["bos_token_id"] = other.RootElement.GetProperty("bos_token_id").GetInt32(),
            ["eos_token_id"] = other.RootElement.GetProperty("eos_token_id").GetInt32(),
            ["torch_dtype"] = "bfloat16",
        }));
        using CausalLM model = Architectures.Create(ConfigFile.Open(folder));
        model.Initialize(seed: 1);
        SafetensorsWriter.Write(Path.Combine(folder, "model.safetensors"), [.. model.Layout!.Entries.Select(ToBFloat16)]);
        Console.WriteLine($"{folder}: {model.Layout.Entries.Sum(static entry => entry.Tensor.Count):N0} parameters");
    }

    private static TensorToWrite ToBFloat16(LayoutEntry entry)
    {
        using Tensor rounded = entry.Tensor.Dense!.detach().to(ScalarType.BFloat16);
        return new TensorToWrite(entry.Name, TensorDType.BF16, entry.Tensor.Shape, rounded.bytes.ToArray());
    }
}
