using System.Buffers.Binary;
using System.Text.Json.Nodes;
using QLoraGen.Cli.Tests.Tool;
using QLoraGen.Testing;

namespace QLoraGen.Cli.Tests;

/// <summary>Model folders that are broken or hostile: each is refused by file and field, and leaves no region in the cache.</summary>
public sealed class BadModelTests : IDisposable
{
    private const string Query = "model.layers.0.self_attn.q_proj.weight";
    private readonly Qlora qlora = new();

    public void Dispose() => qlora.Dispose();

    [SharedFact]
    public void A_missing_folder() => Refused(qlora.File("nowhere"), qlora.File("nowhere"), "no such folder", "--model");

    [SharedFact]
    public void A_folder_without_a_config()
    {
        string model = Stories.Copy(qlora, "model");
        File.Delete(Path.Combine(model, "config.json"));

        Refused(model, Path.Combine(model, "config.json"), "no such file");
    }

    [SharedFact]
    public void A_truncated_file()
    {
        string model = Stories.Copy(qlora, "model");
        using (FileStream weights = File.OpenWrite(Weights(model)))
        {
            weights.SetLength(weights.Length - 1000);
        }

        Refused(model, Weights(model), "truncated", "Fetch the file again");
    }

    [SharedFact]
    public void A_header_of_2_to_the_63_bytes()
    {
        string model = Stories.Copy(qlora, "model");
        byte[] file = File.ReadAllBytes(Weights(model));
        BinaryPrimitives.WriteUInt64LittleEndian(file, 1UL << 63);
        File.WriteAllBytes(Weights(model), file);

        Refused(model, Weights(model), "9223372036854775808", "not a safetensors file");
    }

    [SharedFact]
    public void Tensors_that_overlap()
    {
        string model = Stories.Copy(qlora, "model");
        Spoilt.Change(Weights(model), (header, _) =>
        {
            int begin = header[Query]!["data_offsets"]![0]!.GetValue<int>();
            header[Query]!["data_offsets"] = new JsonArray(begin - 64, begin - 64 + 4 * 64 * 64);
        });

        Refused(model, Weights(model), Query, "data_offsets", "inside tensor");
    }

    [SharedFact]
    public void A_tensor_of_another_shape()
    {
        string model = Stories.Copy(qlora, "model");
        Spoilt.Change(Weights(model), (header, _) => header[Query]!["shape"] = new JsonArray(32, 128));

        Refused(model, Weights(model), Query, "[64, 64]", "[32, 128]", "config.json");
    }

    [SharedFact]
    public void A_tensor_that_is_missing()
    {
        string model = Stories.Copy(qlora, "model");
        Spoilt.Change(Weights(model), (header, _) =>
        {
            JsonNode tensor = header[Query]!;
            header.Remove(Query);
            header["model.layers.0.self_attn.q_project.weight"] = tensor;
        });

        Refused(model, model, Query, "nearest name");
    }

    [SharedTheory]
    [InlineData(float.NaN, "NaN")]
    [InlineData(float.NegativeInfinity, "nfinity")]
    public void A_weight_that_is_not_finite(float value, string said)
    {
        string model = Stories.Copy(qlora, "model");
        Spoilt.Change(Weights(model), (header, data) =>
        {
            int begin = header[Query]!["data_offsets"]![0]!.GetValue<int>();
            BinaryPrimitives.WriteSingleLittleEndian(data.AsSpan(begin + 4 * 77), value);
        });

        Refused(model, Weights(model), Query, said, "77");
    }

    [SharedFact]
    public void A_shard_that_is_not_there()
    {
        string model = Sharded();
        File.Delete(Path.Combine(model, "tiny_llama-00002-of-00002.safetensors"));

        Refused(model, "tiny_llama-00002-of-00002.safetensors", "model.safetensors.index.json", "Fetch");
    }

    [SharedFact]
    public void An_index_that_leads_out_of_the_folder()
    {
        string model = Sharded();
        Spoilt.ChangeJson(Path.Combine(model, "model.safetensors.index.json"), index => index["weight_map"]![Query] = "../x.safetensors");

        Refused(model, "model.safetensors.index.json", Query, "../x.safetensors");
    }

    [SharedFact]
    public void A_pickle_is_refused_and_never_run()
    {
        string model = Stories.Copy(qlora, "model");
        File.Delete(Weights(model));
        File.Copy(SharedData.Path("hostile", "pytorch_model.bin"), Path.Combine(model, "pytorch_model.bin"));

        Refused(model, "pytorch_model.bin", "pickle", "safetensors.torch.save_file");

        File.Move(Path.Combine(model, "pytorch_model.bin"), Weights(model));
        Refused(model, Weights(model), "pickle", "safetensors");
    }

    [SharedFact]
    public void A_tokenizer_of_another_model()
    {
        string model = Stories.Copy(qlora, "model");
        File.Copy(SharedData.Path("tokenizers", "mistral", "tokenizer.model.v1"), Path.Combine(model, "tokenizer.model"), overwrite: true);

        Refused(model, model, "tokenizer", "31999", "vocab_size", "512");
    }

    [SharedFact]
    public void A_missing_tokenizer()
    {
        string model = Stories.Copy(qlora, "model");
        File.Delete(Path.Combine(model, "tokenizer.model"));

        Refused(model, model, "tokenizer");
    }

    // In eval, so that quantizing has begun where it does; the dataset is good.
    private void Refused(string model, params string[] words)
    {
        qlora.Run("eval", "--model", model, "--data", Stories.Measured(qlora), "--json").Refuses(words);
        string[] left = Directory.Exists(qlora.Cache) ? Directory.GetFileSystemEntries(qlora.Cache) : [];
        Assert.All(left, static file => Assert.EndsWith(".region", file));
    }

    private string Sharded()
    {
        string model = Directory.CreateDirectory(qlora.File("sharded")).FullName;
        File.Copy(SharedData.Path("models", "tiny", "tiny_llama_config.json"), Path.Combine(model, "config.json"));
        File.Copy(
            SharedData.Path("models", "tiny", "tiny_llama.safetensors.index.json"), Path.Combine(model, "model.safetensors.index.json"));
        foreach (string shard in (string[])["tiny_llama-00001-of-00002.safetensors", "tiny_llama-00002-of-00002.safetensors"])
        {
            File.Copy(SharedData.Path("models", "tiny", shard), Path.Combine(model, shard));
        }
        return model;
    }

    private static string Weights(string model) => Path.Combine(model, "model.safetensors");
}
