using System.Text.Json;
using QLoraGen.Checkpoints;
using QLoraGen.Models;

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
        JsonElement own = other.RootElement;
        new LlamaShape(Hidden: 768, Intermediate: 2048, Layers: 14, Heads: 12).WriteConfig(
            folder, own.GetProperty("vocab_size").GetInt32(), eps: 1e-5, tied: true,
            ("bos_token_id", own.GetProperty("bos_token_id").GetInt32()), ("eos_token_id", own.GetProperty("eos_token_id").GetInt32()));
        using CausalLM model = Architectures.Create(ConfigFile.Open(folder));
        model.Initialize(seed: 1);
        SafetensorsWriter.Write(Path.Combine(folder, "model.safetensors"), [.. model.Layout!.Entries.Select(static entry => TensorToWrite.Of(entry.Name, entry.Tensor.Dense!, TensorDType.BF16))]);
        Console.WriteLine($"{folder}: {model.Layout.Entries.Sum(static entry => entry.Tensor.Count):N0} parameters");
    }
}
