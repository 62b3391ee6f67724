using System.Globalization;

namespace QLoraGen.Benchmarks.Typing;

/// <summary>One model of 20 linear and norm layers, as users write them: latent attention, and an expert beside the feed-forward part.</summary>
internal static class ModelText
{
    private const string Template = """
        using QLoraGen;
        using static QLoraGen.QuantType;
        using static TorchSharp.torch;
        using static TorchSharp.torch.nn.functional;

        namespace PROJECT.Models;

        /// <summary>NAME's <c>config.json</c>.</summary>
        public sealed record NAMEConfig : ModelConfig
        {
            public required int IntermediateSize { get; init; }
            public required int NumAttentionHeads { get; init; }
            public int HeadDim { get => field == 0 ? HiddenSize / NumAttentionHeads : field; init; }
            public int QLoraRank { get; init; } = 64;
            public int KvLoraRank { get; init; } = 32;
            public int SharedExpertIntermediateSize { get => field == 0 ? 2 * IntermediateSize : field; init; }
            public double RmsNormEps { get; init; } = 1e-6;
            public double RopeTheta { get; init; } = 10_000;
            public bool AttentionBias { get; init; }
            public string HiddenAct { get; init; } = "silu";

            public int QueryWidth => NumAttentionHeads * HeadDim;

            public override void Validate()
            {
                base.Validate();
                Require(IntermediateSize > 0, "intermediate_size", IntermediateSize, "use a number above 0");
                Require(HeadDim > 0 && HeadDim % 2 == 0, "head_dim", HeadDim, "rotary embedding needs an even width of head");
                Require(HiddenAct == "silu", "hidden_act", HiddenAct, "it is computed with silu alone");
            }
        }

        /// <summary>NAME.</summary>
        [Model("TYPE"), Quantized(NF4), LoRA(r: 16, alpha: 32, Targets = ["q_a_proj", "q_b_proj", "o_proj", "down_proj"], RankPattern = ["o_proj=8"])BOUND]
        public sealed partial class NAME(NAMEConfig config) : CausalLM(config)
        {
            private readonly RotaryEmbedding rotary = new(config.HeadDim, config.RopeTheta);

            public partial Embedding EmbedTokens { get; } = new(config.VocabSize, config.HiddenSize);
            public partial ModuleList<NAMEBlock> Layers { get; } = new(config.NumHiddenLayers, () => new(config));
            public partial RMSNorm Norm { get; } = new(config.HiddenSize, config.RmsNormEps);

            [FullPrecision]
            public partial Linear LmHead { get; } = new(config.HiddenSize, config.VocabSize);

            public override Tensor Hidden(Tensor ids, KVCache? cache = null)
            {
                Tensor x = EmbedTokens.Forward(ids);
                Rotation rotation = rotary.At(cache?.Length ?? 0, ids.shape[1]);
                foreach ((int i, NAMEBlock layer) in Layers.Index())
                {
                    x = layer.Forward(x, rotation, cache?[i]);
                }
                return Norm.Forward(x);
            }

            public override Tensor Logits(Tensor hidden) => LmHead.Forward(hidden);
        }

        /// <summary>Attention over latent queries, keys and values, and what follows it.</summary>
        [Module]
        public sealed partial class NAMEBlock(NAMEConfig config) : Module
        {
            private readonly int headDim = config.HeadDim;

            public partial RMSNorm InputLayernorm { get; } = new(config.HiddenSize, config.RmsNormEps);
            [Key("q_a_proj")]
            public partial Linear QAProj { get; } = new(config.HiddenSize, config.QLoraRank, bias: config.AttentionBias);
            [Key("q_a_layernorm")]
            public partial RMSNorm QALayernorm { get; } = new(config.QLoraRank, config.RmsNormEps);
            [Key("q_b_proj")]
            public partial Linear QBProj { get; } = new(config.QLoraRank, config.QueryWidth);
            public partial Linear KvAProj { get; } = new(config.HiddenSize, config.KvLoraRank, bias: config.AttentionBias);
            public partial RMSNorm KvALayernorm { get; } = new(config.KvLoraRank, config.RmsNormEps);
            [Key("k_b_proj")]
            public partial Linear KBProj { get; } = new(config.KvLoraRank, config.QueryWidth);
            [Key("v_b_proj")]
            public partial Linear VBProj { get; } = new(config.KvLoraRank, config.QueryWidth);
            public partial Linear OProj { get; } = new(config.QueryWidth, config.HiddenSize, bias: config.AttentionBias);
            public partial RMSNorm PostAttentionLayernorm { get; } = new(config.HiddenSize, config.RmsNormEps);
            public partial NAMEMlp Mlp { get; } = new(config);
            public partial RMSNorm PostFeedforwardLayernorm { get; } = new(config.HiddenSize, config.RmsNormEps);

            public Tensor Forward(Tensor x, Rotation rotation, LayerCache? cache)
            {
                x = x + Attend(InputLayernorm.Forward(x), rotation, cache);
                return x + PostFeedforwardLayernorm.Forward(Mlp.Forward(PostAttentionLayernorm.Forward(x)));
            }

            private Tensor Attend(Tensor x, Rotation rotation, LayerCache? cache)
            {
                Tensor latent = KvALayernorm.Forward(KvAProj.Forward(x));
                Tensor q = rotation.Apply(Attention.SplitHeads(QBProj.Forward(QALayernorm.Forward(QAProj.Forward(x))), headDim));
                Tensor k = rotation.Apply(Attention.SplitHeads(KBProj.Forward(latent), headDim));
                Tensor v = Attention.SplitHeads(VBProj.Forward(latent), headDim);
                return OProj.Forward(Attention.Attend(q, k, v, cache));
            }
        }

        /// <summary>The gated feed-forward part and an expert that all tokens share.</summary>
        [Module]
        public sealed partial class NAMEMlp(NAMEConfig config) : Module
        {
            public partial Linear GateProj { get; } = new(config.HiddenSize, config.IntermediateSize);
            public partial Linear UpProj { get; } = new(config.HiddenSize, config.IntermediateSize);
            public partial Linear DownProj { get; } = new(config.IntermediateSize, config.HiddenSize);
            public partial Linear SharedGateProj { get; } = new(config.HiddenSize, config.SharedExpertIntermediateSize);
            public partial Linear SharedUpProj { get; } = new(config.HiddenSize, config.SharedExpertIntermediateSize);
            public partial Linear SharedDownProj { get; } = new(config.SharedExpertIntermediateSize, config.HiddenSize);
            public partial RMSNorm SharedNorm { get; } = new(config.HiddenSize, config.RmsNormEps);

            public Tensor Forward(Tensor x)
            {
                Tensor shared = SharedDownProj.Forward(silu(SharedGateProj.Forward(x)) * SharedUpProj.Forward(x));
                return DownProj.Forward(silu(GateProj.Forward(x)) * UpProj.Forward(x)) + SharedNorm.Forward(shared);
            }
        }
        """;

    /// <summary>An adapter_config.json that says what the class says.</summary>
    public const string Adapter = """
        {
          "peft_type": "LORA", "r": 16, "lora_alpha": 32, "lora_dropout": 0.0, "bias": "none",
          "target_modules": ["q_a_proj", "q_b_proj", "o_proj", "down_proj"], "rank_pattern": { "o_proj": 8 }
        }
        """;

    public static string Class(string project, int i) => $"{project}Model{i.ToString("000", CultureInfo.InvariantCulture)}";

    /// <summary>The model_type, and the stem of its files.</summary>
    public static string File(string project, int i) => Class(project, i).ToLowerInvariant();

    public static string Source(string project, int i, bool bound) => Template
        .Replace("BOUND", bound ? $", Checkpoint(\"{File(project, i)}.config.json\")" : "", StringComparison.Ordinal)
        .Replace("PROJECT", project, StringComparison.Ordinal)
        .Replace("NAME", Class(project, i), StringComparison.Ordinal)
        .Replace("TYPE", File(project, i), StringComparison.Ordinal);

    public static string Config(string project, int i) => $$"""
        {
          "model_type": "{{File(project, i)}}", "architectures": ["{{Class(project, i)}}"], "vocab_size": 32000, "hidden_size": 2048,
          "intermediate_size": 5632, "num_hidden_layers": 22, "num_attention_heads": 32, "rms_norm_eps": 1e-5, "rope_theta": 10000.0,
          "q_lora_rank": 512, "kv_lora_rank": 256, "max_position_embeddings": 2048, "torch_dtype": "bfloat16", "hidden_act": "silu"
        }
        """;
}
