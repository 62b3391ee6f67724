using System.Text.Json;
using System.Text.Json.Nodes;
using QLoraGen.Checkpoints;
using QLoraGen.Cli.Tests.Tool;
using QLoraGen.Models;
using QLoraGen.Testing;

namespace QLoraGen.Cli.Tests;

public sealed class QuantizeTests(PackedStories stories) : IClassFixture<PackedStories>, IDisposable
{
    private const string Query = "model.layers.0.self_attn.q_proj.weight";
    private readonly Qlora qlora = new();

    public void Dispose() => qlora.Dispose();

    [SharedTheory]
    [InlineData("", QuantType.NF4, 64, true)]
    [InlineData("--quant fp4 --double-quant false --block-size 128", QuantType.FP4, 128, false)]
    public void What_is_written_is_loaded_into_the_region_of_the_original(string options, QuantType type, int blockSize, bool doubleQuant)
    {
        string packed = options.Length == 0 ? stories.Folder : Quantize(Stories.Folder, options);
        var format = new QuantFormat(type, blockSize, doubleQuant);
        Assert.Equal(Region(Stories.Folder, format), Region(packed, Written(packed).FormatWith(64)));
        Assert.Equal(format with { BlockSize = 64 }, Written(packed).FormatWith(64));
    }

    [SharedFact]
    public void Its_keys_and_JSON_are_bitsandbytes_own()
    {
        using Checkpoint checkpoint = Checkpoint.Open(stories.Folder);
        using Checkpoint original = Checkpoint.Open(Stories.Folder);
        (string, string, string)[] parts =
        [
            .. checkpoint.Tensors.Where(static tensor => tensor.Name.StartsWith(Query, StringComparison.Ordinal)).OrderBy(static tensor => tensor.Name, StringComparer.Ordinal)
                .Select(static tensor => (tensor.Name[Query.Length..], tensor.DType.FormatName(), string.Join(',', tensor.Shape))),
        ];
        string state = ReadText(checkpoint, $"{Query}.quant_state.bitsandbytes__nf4");
        Assert.Equal(
            [
                ("", "U8", "2048,1"), (".absmax", "U8", "64"), (".nested_absmax", "F32", "1"), (".nested_quant_map", "F32", "256"), (".quant_map", "F32", "16"),
                (".quant_state.bitsandbytes__nf4", "U8", $"{state.Length}"),
            ], parts);
        Assert.Matches(
            """^\{"quant_type": "nf4", "blocksize": 64, "dtype": "float32", "shape": \[64, 64\], "nested_blocksize": 256, "nested_dtype": "float32", "nested_offset": 0\.\d+\}$""",
            state);
        // What is not quantized is there as it was, and nothing else is.
        string[] dense = [.. original.Tensors.Select(static tensor => tensor.Name).Where(static name => !name.Contains("_proj"))];
        Assert.All(dense, name => Assert.Equal(ReadText(original, name), ReadText(checkpoint, name)));
        Assert.Equal(dense.Length + (6 * original.Tensors.Count(static tensor => tensor.Name.Contains("_proj"))), checkpoint.Tensors.Count());
    }

    [SharedFact]
    public void The_config_says_what_Transformers_writes_and_nothing_of_it_is_lost()
    {
        string packed = stories.Folder;
        JsonObject before = Json(Stories.Folder), after = Json(packed);
        JsonNode settings = after["quantization_config"]!;
        after.Remove("quantization_config");
        Assert.True(JsonNode.DeepEquals(before, after));
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(
            """
            {
              "_load_in_4bit": true, "_load_in_8bit": false, "bnb_4bit_compute_dtype": "float32", "bnb_4bit_quant_storage": "uint8",
              "bnb_4bit_quant_type": "nf4", "bnb_4bit_use_double_quant": true, "llm_int8_enable_fp32_cpu_offload": false,
              "llm_int8_has_fp16_weight": false, "llm_int8_skip_modules": null, "llm_int8_threshold": 6.0,
              "load_in_4bit": true, "load_in_8bit": false, "quant_method": "bitsandbytes"
            }
            """), settings), settings.ToJsonString());
        foreach (string file in (string[])["tokenizer.model", "tokenizer_config.json"])
        {
            Assert.Equal(File.ReadAllBytes(Path.Combine(Stories.Folder, file)), File.ReadAllBytes(Path.Combine(packed, file)));
        }
    }

    [SharedFact]
    public void Shards_have_an_index_and_give_the_same_region()
    {
        string whole = stories.Folder, parts = Quantize(Stories.Folder, "--max-shard-size 50KB");
        string[] shards = [.. Directory.GetFiles(parts, "*.safetensors").Select(static path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];
        Assert.InRange(shards.Length, 3, 9);
        Assert.Equal($"model-00001-of-{shards.Length:D5}.safetensors", shards[0]);
        JsonNode index = JsonNode.Parse(File.ReadAllText(Path.Combine(parts, "model.safetensors.index.json")))!;
        using (Checkpoint checkpoint = Checkpoint.Open(parts))
        {
            Assert.Equal(checkpoint.Tensors.Sum(static tensor => tensor.Length), (long)index["metadata"]!["total_size"]!);
            Assert.Equal(checkpoint.Tensors.Select(static tensor => tensor.Name).Order(StringComparer.Ordinal), index["weight_map"]!.AsObject().Select(static entry => entry.Key));
            // Readers in Python view a tensor's bytes as its type, which must be aligned for that.
            Assert.All(checkpoint.Tensors, static tensor => Assert.Equal(0, tensor.Offset % tensor.DType.SizeInBytes()));
        }
        Assert.Equal(Region(whole, Written(whole).FormatWith(64)), Region(parts, Written(parts).FormatWith(64)));
    }

    [SharedFact]
    public void A_quantized_folder_is_planned_inspected_and_measured_as_the_original_in_its_format()
    {
        string packed = Quantize(Stories.Folder, "--quant fp4 --double-quant false --block-size 128");
        string[] options = ["--quant", "fp4", "--double-quant", "false", "--block-size", "128", "--json"];
        Assert.Equal(qlora.Run(["plan", "--model", Stories.Folder, .. options]).Json.GetProperty("total_bytes").GetInt64(),
            qlora.Run("plan", "--model", packed, "--json").Json.GetProperty("total_bytes").GetInt64());
        var inspected = new Inspected(qlora.Run("inspect", "--model", packed, "--json"));
        Assert.Equal("FP4, block 128", inspected["model.layers.0.self_attn.q_proj"].Dtype);
        Assert.Contains("stored:   FP4, block 128; what is not quantized as the checkpoint has it", inspected.Drawn);
        string data = Stories.Measured(qlora);
        Assert.Equal(qlora.Run(["eval", "--model", Stories.Folder, "--data", data, .. options]).Json.GetProperty("mean_nll").GetDouble(),
            qlora.Run("eval", "--model", packed, "--data", data, "--json").Json.GetProperty("mean_nll").GetDouble());
    }

    [SharedTheory]
    [InlineData("plan", "--quant fp4", "--quant is fp4", "nf4")]
    [InlineData("eval", "--quant none", "--quant is none", "nf4", "original checkpoint")]
    [InlineData("plan", "--double-quant false", "--double-quant is False")]
    [InlineData("inspect", "--block-size 128", "--block-size is 128")]
    public void An_option_that_contradicts_the_checkpoint_is_refused(string verb, string options, params string[] words) => qlora.Run(
        [verb, "--model", stories.Folder, .. verb == "eval" ? ["--data", Stories.Measured(qlora)] : Array.Empty<string>(), .. options.Split(' ')]).Refuses(words);

    [SharedFact]
    public void What_is_quantized_already_is_not_quantized_again()
    {
        string packed = stories.Folder;
        qlora.Run("quantize", "--model", packed, "--out", qlora.File("twice")).Refuses(packed, "quantized already", "original checkpoint");
        Assert.False(Directory.Exists(qlora.File("twice")));
    }

    [SharedFact]
    public void Nothing_is_written_over_and_nothing_is_left_of_what_fails()
    {
        string taken = qlora.Write("taken/file", "mine");
        qlora.Run("quantize", "--model", Stories.Folder, "--out", Path.GetDirectoryName(taken)!).Refuses("is there already");
        string spoilt = Stories.Copy(qlora, "spoilt");
        Spoilt.Change(Path.Combine(spoilt, "model.safetensors"), (header, data) =>
            BitConverter.TryWriteBytes(data.AsSpan((int)header["model.layers.4.mlp.up_proj.weight"]!["data_offsets"]![0]!), float.NaN));
        qlora.Run("quantize", "--model", spoilt, "--out", qlora.File("out", "packed")).Refuses("model.layers.4.mlp.up_proj.weight", "NaN");
        Assert.Empty(Directory.EnumerateFileSystemEntries(qlora.File("out")));
        Assert.Equal("mine", File.ReadAllText(taken));
    }

    private string Quantize(string model, string options) => Quantize(qlora, model, options);

    internal static string Quantize(Qlora qlora, string model, string options)
    {
        string folder = qlora.File($"packed{Guid.NewGuid():N}");
        string[] given = options.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        JsonElement result = qlora.Run(["quantize", "--model", model, "--out", folder, "--json", .. given]).Json;
        Assert.Equal(folder, result.GetProperty("out").GetString());
        return folder;
    }

    private static UInt128 Region(string folder, QuantFormat format)
    {
        using CausalLM model = Architectures.Create(ConfigFile.Open(folder));
        using Checkpoint checkpoint = Checkpoint.Open(folder);
        model.LoadFrozen(checkpoint, format);
        return model.Region!.Hash();
    }

    private static QuantizationConfig Written(string folder)
    {
        using CausalLM model = Architectures.Create(ConfigFile.Open(folder));
        return model.Config.QuantizationConfig!;
    }

    private static JsonObject Json(string folder) => JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "config.json")))!.AsObject();

    private static string ReadText(Checkpoint checkpoint, string name)
    {
        using SafetensorsFile file = SafetensorsFile.Open(checkpoint.FileOf(name));
        return System.Text.Encoding.Latin1.GetString(file.Bytes(file.Tensors[name]));
    }
}

/// <summary>The trained model, quantized once for all tests that look at it.</summary>
public sealed class PackedStories : IDisposable
{
    private readonly Qlora qlora = new();
    private string? folder;

    public string Folder => folder ??= QuantizeTests.Quantize(qlora, Stories.Folder, "");

    public void Dispose() => qlora.Dispose();
}
