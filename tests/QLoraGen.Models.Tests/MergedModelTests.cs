using System.Text.Json;
using QLoraGen.Checkpoints;
using QLoraGen.Testing;
using static TorchSharp.torch;

namespace QLoraGen.Models.Tests;

/// <summary>A model with its adapter computes what the merged folder computes, whoever loads that.</summary>
public sealed class MergedModelTests : IDisposable
{
    private readonly TempFolder folder = new();
    private readonly List<Checkpoint> opened = [];

    public void Dispose()
    {
        opened.ForEach(static checkpoint => checkpoint.Dispose());
        folder.Dispose();
    }

    private string Out => folder.File("merged");

    public static TheoryData<string, LoraConfig> Configs => new()
    {
        { "all linear layers", new LoraConfig { R = 4, LoraAlpha = 8 } },
        { "rsLoRA", new LoraConfig { R = 4, LoraAlpha = 8, UseRslora = true } },
        { "ranks and alphas of their own", new LoraConfig { R = 4, RankPattern = [new("q_proj", 7)], AlphaPattern = [new("down_proj", 3)] } },
        { "DoRA", new LoraConfig { R = 4, LoraAlpha = 8, UseDora = true } },
        { "the embeddings, to which the head is tied", new LoraConfig { R = 4, LoraAlpha = 8, TargetModules = ["embed_tokens", "q_proj"] } },
        { "the embeddings as a whole", new LoraConfig { R = 4, LoraAlpha = 8, TargetModules = ["q_proj"], ModulesToSave = ["embed_tokens"] } },
        { "two layers", new LoraConfig { R = 4, LoraAlpha = 8, TargetModules = ["layers.0.self_attn.v_proj", "layers.4.mlp.up_proj"] } },
    };

    [SharedTheory]
    [MemberData(nameof(Configs))]
    public void Logits_of_the_merged_folder_are_those_of_base_and_adapter(string what, LoraConfig config)
    {
        using CausalLM adapted = Stories.Load(format: null);
        adapted.AddAdapters(config, seed: 1);
        new Trainer(adapted, new TrainingOptions { Steps = 8, LearningRate = 5e-3 }).Run(Stories.Samples(64));
        Assert.True(LargestDifference(adapted, Stories.Folder) > 0.1, $"{what}: the adapter changes next to nothing");

        Merge(adapted, Stories.Folder, TensorDType.F32);

        Assert.InRange(LargestDifference(adapted, Out), 0, 2e-5);
    }

    [SharedFact]
    public void What_is_not_adapted_is_copied_bit_for_bit()
    {
        using CausalLM adapted = Adapted(Stories.Folder, new LoraConfig { R = 2, TargetModules = ["q_proj"] });

        Merge(adapted, Stories.Folder, TensorDType.F32);

        Dictionary<string, byte[]> before = Bytes(Stories.Folder), after = Bytes(Out);
        Assert.Equal(before.Keys, after.Keys);
        Assert.All(before, tensor => Assert.Equal(!tensor.Key.Contains("q_proj"), tensor.Value.AsSpan().SequenceEqual(after[tensor.Key])));
    }

    [SharedTheory]
    [InlineData(TensorDType.BF16)]
    [InlineData(TensorDType.F16)]
    public void Sixteen_bits_are_the_fp32_sums_rounded_once(TensorDType dtype)
    {
        using CausalLM adapted = Adapted(Stories.Folder, new LoraConfig { R = 2 });

        Merge(adapted, Stories.Folder, TensorDType.F32);
        MergedModel.Write(folder.File("rounded"), adapted, Opened(Stories.Folder), dtype);

        using Checkpoint whole = Checkpoint.Open(Out), rounded = Checkpoint.Open(folder.File("rounded"));
        Assert.All(whole.Tensors, tensor =>
        {
            float[] sums = new float[tensor.Count], found = new float[tensor.Count];
            whole.Read(tensor.Name, tensor.Shape.AsSpan(), sums);
            rounded.Read(tensor.Name, tensor.Shape.AsSpan(), found);
            Assert.Equal(dtype, rounded.Find(tensor.Name).DType);
            Assert.Equal(sums.Select(sum => dtype == TensorDType.F16 ? (float)(Half)sum : ToBF16(sum)), found);
        });
        using JsonDocument config = JsonDocument.Parse(File.ReadAllText(folder.File("rounded", "config.json")));
        Assert.Equal(dtype == TensorDType.F16 ? "float16" : "bfloat16", config.RootElement.GetProperty("torch_dtype").GetString());
    }

    [SharedFact]
    public void Shards_are_read_and_written()
    {
        string tiny = folder.File("tiny");
        Copy("tiny_llama_config.json", "config.json");
        Copy("tiny_llama.safetensors.index.json", "model.safetensors.index.json");
        Copy("tiny_llama-00001-of-00002.safetensors", "tiny_llama-00001-of-00002.safetensors");
        Copy("tiny_llama-00002-of-00002.safetensors", "tiny_llama-00002-of-00002.safetensors");
        using CausalLM adapted = Adapted(tiny, new LoraConfig { R = 2 });

        (long bytes, int files) = MergedModel.Write(Out, adapted, Opened(tiny), TensorDType.F32, maxShardSize: 1500);

        Assert.InRange(files, 3, 40);
        Assert.Equal(files, Directory.GetFiles(Out, "model-*.safetensors").Length);
        Assert.Equal(bytes, Bytes(Out).Values.Sum(static tensor => (long)tensor.Length));
        Assert.InRange(LargestDifference(adapted, Out), 0, 2e-5);

        void Copy(string name, string to) => folder.Write(Path.Combine("tiny", to), File.ReadAllBytes(SharedData.Path("models", "tiny", name)));
    }

    [SharedFact]
    public void What_else_a_loader_reads_goes_along_and_other_weights_do_not()
    {
        string model = CopyOfStories();
        string[] others = ["tokenizer.json", "chat_template.jinja", "generation_config.json", "LICENSE"], left = ["pytorch_model.bin", "adapter_model.json", "notes.md"];
        foreach (string name in (string[])[.. others, .. left, "additional_chat_templates/tool.jinja"])
        {
            folder.Write(Path.Combine("model", name), name);
        }
        using CausalLM adapted = Adapted(model, new LoraConfig { R = 2 });

        Merge(adapted, model, TensorDType.BF16);

        Assert.Equal(
            ["LICENSE", "additional_chat_templates", "chat_template.jinja", "config.json", "generation_config.json", "model.safetensors",
                "tokenizer.json", "tokenizer.model", "tokenizer_config.json"],
            Directory.GetFileSystemEntries(Out).Select(static path => Path.GetFileName(path)).Order(StringComparer.Ordinal));
        Assert.Equal("additional_chat_templates/tool.jinja", File.ReadAllText(Path.Combine(Out, "additional_chat_templates", "tool.jinja")));
        Assert.Equal(File.ReadAllBytes(Path.Combine(model, "tokenizer.model")), File.ReadAllBytes(Path.Combine(Out, "tokenizer.model")));
    }

    [SharedFact]
    public void The_config_keeps_every_other_field()
    {
        using CausalLM adapted = Adapted(Stories.Folder, new LoraConfig { R = 2 });

        Merge(adapted, Stories.Folder, TensorDType.BF16);

        using JsonDocument before = JsonDocument.Parse(File.ReadAllText(Path.Combine(Stories.Folder, "config.json")));
        using JsonDocument after = JsonDocument.Parse(File.ReadAllText(Path.Combine(Out, "config.json")));
        Assert.Equal(
            before.RootElement.EnumerateObject().Select(static field => (field.Name, field.Name == "torch_dtype" ? "\"bfloat16\"" : field.Value.GetRawText())),
            after.RootElement.EnumerateObject().Select(static field => (field.Name, field.Value.GetRawText())),
            (one, other) => one.Name == other.Name && string.Concat(one.Item2.Where(static c => !char.IsWhiteSpace(c))) == string.Concat(other.Item2.Where(static c => !char.IsWhiteSpace(c))));
    }

    [SharedFact]
    public void A_model_that_is_quantized_already_is_refused()
    {
        string model = CopyOfStories();
        using CausalLM adapted = Adapted(model, new LoraConfig { R = 2 });
        SafetensorsWriter.Write(Path.Combine(model, "model.safetensors"),
        [
            .. Bytes(model).Select(static tensor => new TensorToWrite(tensor.Key, TensorDType.U8, [tensor.Value.Length, 1], tensor.Value)),
            new TensorToWrite("model.layers.0.mlp.up_proj.weight.quant_state.bitsandbytes__nf4", TensorDType.U8, [2], "{}"u8.ToArray()),
        ]);

        Refused(adapted, model, model, "4 bits", "original model");
    }

    [SharedFact]
    public void What_a_config_asks_to_be_quantized_is_merged_in_full_precision()
    {
        string model = CopyOfStories(), config = Path.Combine(model, "config.json");
        using CausalLM adapted = Adapted(model, new LoraConfig { R = 2 });
        File.WriteAllText(config, File.ReadAllText(config).Replace("\"model_type\"", "\"quantization_config\": {\"load_in_4bit\": true}, \"model_type\""));

        Merge(adapted, model, TensorDType.F32);

        Assert.Contains("load_in_4bit", File.ReadAllText(config));
        Assert.DoesNotContain("quantization_config", File.ReadAllText(Path.Combine(Out, "config.json")));
        Assert.InRange(LargestDifference(adapted, Out), 0, 2e-5);
    }

    [SharedFact]
    public void A_weight_in_bytes_is_refused_by_its_name()
    {
        string model = CopyOfStories();
        using CausalLM adapted = Adapted(model, new LoraConfig { R = 2 });
        SafetensorsWriter.Write(Path.Combine(model, "model.safetensors"),
            [.. Bytes(model).Select(static tensor => new TensorToWrite(tensor.Key, TensorDType.U8, [tensor.Value.Length, 1], tensor.Value))]);

        Refused(adapted, model, "model.safetensors", "layers.0.self_attn.q_proj.weight", "U8", "original model");
    }

    [SharedFact]
    public void A_value_that_float16_cannot_hold_is_refused()
    {
        using CausalLM adapted = Adapted(Stories.Folder, new LoraConfig { R = 2 });
        using (no_grad())
        {
            adapted.Adapters!.Flat.mul_(1e3f);
        }
        Refused(() => MergedModel.Write(Out, adapted, Opened(Stories.Folder), TensorDType.F16), "float16", "proj.weight", "bfloat16");
    }

    [SharedFact]
    public void Cancelled_it_leaves_nothing()
    {
        using CausalLM adapted = Adapted(Stories.Folder, new LoraConfig { R = 2 });

        Assert.Throws<OperationCanceledException>(() => MergedModel.Write(
            Out, adapted, Opened(Stories.Folder), cancellation: new CancellationToken(canceled: true)));

        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    private Checkpoint Opened(string model)
    {
        opened.Add(Checkpoint.Open(model));
        return opened[^1];
    }

    private void Merge(CausalLM adapted, string model, TensorDType dtype)
    {
        MergedModel.Write(Out, adapted, Opened(model), dtype);
    }

    private void Refused(CausalLM adapted, string model, params string[] words) => Refused(() => Merge(adapted, model, TensorDType.BF16), words);

    private void Refused(Action merge, params string[] words)
    {
        string message = Assert.Throws<QLoraException>(merge).Message;
        Assert.All(words, word => Assert.Contains(word, message));
        Assert.False(Directory.Exists(Out));
    }

    private string CopyOfStories()
    {
        foreach (string path in Directory.GetFiles(Stories.Folder).Where(static path => !path.EndsWith("reference.json")))
        {
            folder.Write(Path.Combine("model", Path.GetFileName(path)), File.ReadAllBytes(path));
        }
        return folder.File("model");
    }

    // Full precision, with adapters whose B is not zero any more.
    private static CausalLM Adapted(string model, LoraConfig config)
    {
        CausalLM adapted = Load(model);
        AdapterArena arena = adapted.AddAdapters(config, seed: 3);
        using var _ = no_grad();
        arena.Flat.normal_(0, 0.2, new Generator(5));
        return adapted;
    }

    private static CausalLM Load(string model)
    {
        CausalLM loaded = Architectures.Create(ConfigFile.Open(model));
        using Checkpoint checkpoint = Checkpoint.Open(model);
        loaded.LoadFrozen(checkpoint, format: null);
        return loaded;
    }

    private static double LargestDifference(CausalLM adapted, string merged)
    {
        using CausalLM other = Load(merged);
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        Tensor ids = tensor(new long[,] { { 1, 5, 3, 9, 2, 7, 10, 4, 6, 8, 0, 1 } });
        return (adapted.Forward(ids) - other.Forward(ids)).abs().max().item<float>();
    }

    private static Dictionary<string, byte[]> Bytes(string model)
    {
        using Checkpoint checkpoint = Checkpoint.Open(model);
        return checkpoint.Tensors.ToDictionary(static tensor => tensor.Name, tensor => checkpoint.Finite(tensor.Name, tensor.Shape.AsSpan()).ToArray());
    }

    private static float ToBF16(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        return BitConverter.UInt32BitsToSingle((bits + 0x7FFF + ((bits >> 16) & 1)) & 0xFFFF0000);
    }
}
