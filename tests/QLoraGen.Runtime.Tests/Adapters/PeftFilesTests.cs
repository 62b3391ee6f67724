using System.Text.Json;
using QLoraGen.Checkpoints;
using QLoraGen.Testing;
using static TorchSharp.torch;

namespace QLoraGen.Runtime.Tests.Adapters;

/// <summary>Adapters that PEFT wrote are read, and written as PEFT writes them.</summary>
public sealed class PeftFilesTests
{
    private const string Config = "adapter_config.json", Weights = "adapter_model.safetensors";

    // The reference has its logits in double; the fixture's tensors still carry the adapter's name.
    [SharedFact]
    public void The_outputs_of_a_small_adapter_are_the_reference_s()
    {
        using var folder = new TempFolder();
        using var scope = NewDisposeScope();
        File.Copy(SharedData.Path("adapters", "tiny_lora_base.safetensors"), folder.File("model.safetensors"));
        File.Copy(SharedData.Path("adapters", "tiny_lora_adapter.safetensors"), folder.File(Weights));
        File.Copy(SharedData.Path("adapters", "tiny_lora_adapter_config.json"), folder.File(Config));
        using JsonDocument reference = JsonDocument.Parse(File.ReadAllText(SharedData.Path("adapters", "tiny_lora_logits.json")));
        var proj = new Linear(5, 4);
        using var model = new PathModel(("proj", proj));
        using (Checkpoint checkpoint = Checkpoint.Open(folder.Path))
        {
            model.LoadFrozen(checkpoint, null);
        }
        PeftAdapter.Load(folder.Path, model);

        double[] inputs = Numbers(reference, "inputs"), outputs = Numbers(reference, "outputs");
        Tensor y = model.Forward(tensor(inputs).view(-1, 5).to(ScalarType.Float32));
        Assert.All(outputs.Zip(y.data<float>()), static pair => Assert.Equal(pair.First, pair.Second, 1e-5));
    }

    [SharedFact]
    public void A_real_adapter_is_written_back_byte_for_byte()
    {
        using var folder = new TempFolder();
        using PathModel model = PrivacyFilter();
        string real = SharedData.Path("adapters", "sift-opf-zh");
        PeftAdapter.Load(real, model);
        PeftAdapter.Save(folder.Path, model, baseModel: null);
        Assert.Equal(File.ReadAllText(Path.Combine(real, Config)), File.ReadAllText(folder.File(Config)));
        Assert.Equal(File.ReadAllBytes(Path.Combine(real, Weights)), File.ReadAllBytes(folder.File(Weights)));
    }

    [Theory]
    [InlineData(TensorDType.BF16)]
    [InlineData(TensorDType.F16)]
    public void A_type_of_16_bits_is_kept(TensorDType dtype)
    {
        using TempFolder first = Saved(new LoraConfig { R = 2 }), second = new();
        using (SafetensorsFile file = SafetensorsFile.Open(first.File(Weights)))
        {
            SafetensorsWriter.Write(second.File(Weights), [.. file.Tensors.Select(pair => new TensorToWrite(
                pair.Key, dtype, pair.Value.Shape.AsSpan(), (byte[])[.. Enumerable.Range(0, (int)pair.Value.Shape.Aggregate(1L, static (a, b) => a * b))
                    .SelectMany(static i => new byte[] { (byte)(i % 7), 0x3c })])).OrderBy(static tensor => tensor.Name, StringComparer.Ordinal)],
                new Dictionary<string, string> { ["format"] = "pt" });
        }
        File.Copy(first.File(Config), second.File(Config));
        using SmallModel model = SmallModel.Loaded(new QuantFormat(QuantType.NF4));
        PeftAdapter.Load(second.Path, model);
        using var third = new TempFolder();
        PeftAdapter.Save(third.Path, model, "base");
        Assert.Equal(File.ReadAllBytes(second.File(Weights)), File.ReadAllBytes(third.File(Weights)));
    }

    [Theory]
    [MemberData(nameof(TrainedPartsTests.Configs), MemberType = typeof(TrainedPartsTests))]
    public void Whatever_trains_is_saved_and_loaded(string what, LoraConfig config, string[] names)
    {
        using var folder = new TempFolder();
        using SmallModel trained = SmallModel.Loaded(new QuantFormat(QuantType.NF4)), loaded = SmallModel.Loaded(new QuantFormat(QuantType.NF4));
        trained.AddAdapters(config, seed: 1);
        trained.Shake();
        PeftAdapter.Save(folder.Path, trained, "base");
        using (SafetensorsFile file = SafetensorsFile.Open(folder.File(Weights)))
        {
            Assert.Equal(names.Select(static name => $"base_model.model.{name}").Order(StringComparer.Ordinal), file.Tensors.Keys);
        }
        PeftAdapter.Load(folder.Path, loaded);
        Assert.True(trained.Answers().SequenceEqual(loaded.Answers()), what);
    }

    [Fact]
    public void A_new_config_has_every_field_that_PEFT_writes_in_its_order()
    {
        using TempFolder folder = Saved(new LoraConfig
        {
            R = 4, LoraAlpha = 2.5, LoraDropout = 0.1, TargetModules = ["up"], UseRslora = true, Bias = BiasTraining.LoraOnly, ModulesToSave = ["head"],
            RankPattern = [new("up", 2)], InitLoraWeights = "gaussian",
        });
        Assert.Equal("""
            {
              "alora_invocation_tokens": null,
              "alpha_pattern": {},
              "arrow_config": null,
              "auto_mapping": null,
              "base_model_name_or_path": "b\u00e4se",
              "bias": "lora_only",
              "corda_config": null,
              "ensure_weight_tying": false,
              "eva_config": null,
              "exclude_modules": null,
              "fan_in_fan_out": false,
              "inference_mode": true,
              "init_lora_weights": "gaussian",
              "layer_replication": null,
              "layers_pattern": null,
              "layers_to_transform": null,
              "loftq_config": {},
              "lora_alpha": 2.5,
              "lora_bias": false,
              "lora_dropout": 0.1,
              "lora_ga_config": null,
              "megatron_config": null,
              "megatron_core": "megatron.core",
              "modules_to_save": [
                "head"
              ],
              "peft_type": "LORA",
              "peft_version": "0.19.1",
              "qalora_group_size": 16,
              "r": 4,
              "rank_pattern": {
                "up": 2
              },
              "revision": null,
              "target_modules": [
                "up"
              ],
              "target_parameters": null,
              "task_type": "CAUSAL_LM",
              "trainable_token_indices": null,
              "use_bdlora": null,
              "use_dora": false,
              "use_qalora": false,
              "use_rslora": true
            }
            """.ReplaceLineEndings("\n"), File.ReadAllText(folder.File(Config)));
    }

    [Fact]
    public void Embeddings_that_PEFT_saves_beside_an_adapter_must_be_the_base_s_own()
    {
        using TempFolder folder = Saved(new LoraConfig { R = 2, TargetModules = ["embed_tokens"] });
        using SmallModel model = SmallModel.Loaded(null), other = SmallModel.Loaded(null);
        using var scope = NewDisposeScope();
        float[] table = [.. SmallModel.Decoded(model.EmbedTokens.Weight).data<float>()];
        AddTable(folder, table);
        PeftAdapter.Load(folder.Path, model);
        table[5] += 1;
        AddTable(folder, table);
        Assert.Contains("its vocabulary was changed", Assert.Throws<QLoraException>(() => PeftAdapter.Load(folder.Path, other)).Message, StringComparison.Ordinal);
    }

    private static void AddTable(TempFolder folder, float[] table)
    {
        const string Name = "base_model.model.embed_tokens.base_layer.weight";
        List<TensorToWrite> tensors = [];
        using (SafetensorsFile file = SafetensorsFile.Open(folder.File(Weights)))
        {
            foreach ((string name, TensorInfo tensor) in file.Tensors.Where(static pair => pair.Key != Name))
            {
                float[] values = new float[tensor.Shape.Aggregate(1L, static (a, b) => a * b)];
                file.Read(tensor, values);
                tensors.Add(Of(name, tensor.Shape.AsSpan(), values));
            }
        }
        tensors.Add(Of(Name, [SmallModel.Vocabulary, SmallModel.Width], table));
        SafetensorsWriter.Write(folder.File(Weights), tensors);

        static TensorToWrite Of(string name, ReadOnlySpan<long> shape, float[] values) =>
            new(name, TensorDType.F32, shape, (byte[])[.. values.SelectMany(BitConverter.GetBytes)]);
    }

    private static TempFolder Saved(LoraConfig config)
    {
        var folder = new TempFolder();
        using SmallModel model = SmallModel.Loaded(new QuantFormat(QuantType.NF4));
        model.AddAdapters(config, seed: 1);
        PeftAdapter.Save(folder.Path, model, "bäse");
        return folder;
    }

    // The layers that the real adapter is for, with weights of no meaning: it brings all that is compared.
    private static PathModel PrivacyFilter()
    {
        var model = new PathModel(
        [
            .. Enumerable.Range(0, 8).SelectMany(static i => ((string, Linear)[])
            [
                ($"model.layers.{i}.self_attn.q_proj", new Linear(640, 896)), ($"model.layers.{i}.self_attn.k_proj", new Linear(640, 128)),
                ($"model.layers.{i}.self_attn.v_proj", new Linear(640, 128)), ($"model.layers.{i}.self_attn.o_proj", new Linear(896, 640)),
            ]),
            ("score", new Linear(640, 33, bias: true)),
        ]);
        model.Initialize(seed: 1);
        return model;
    }

    private static double[] Numbers(JsonDocument file, string name) =>
        [.. file.RootElement.GetProperty(name).EnumerateArray().SelectMany(static row => row.EnumerateArray().Select(static value => value.GetDouble()))];
}
