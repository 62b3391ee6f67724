using QLoraGen.Checkpoints;
using QLoraGen.Testing;

namespace QLoraGen.Models.Tests;

/// <summary>Configs as they are on the Hub are read; one that asks for what is not computed is refused by the name of the field.</summary>
public sealed class ConfigTests : IDisposable
{
    private const string Sizes = "\"vocab_size\": 50, \"hidden_size\": 16, \"intermediate_size\": 24, \"num_hidden_layers\": 2, \"num_attention_heads\": 4";
    private const string Gpt2Sizes = "\"vocab_size\": 50, \"n_embd\": 16, \"n_layer\": 2, \"n_head\": 4, \"n_positions\": 32, \"n_ctx\": 32";

    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    // As the model's own config.json has it, its sizes made small.
    [InlineData("mistral", """ "bos_token_id": 1, "num_key_value_heads": 2, "sliding_window": null, "head_dim": null, "rope_theta": 1000000.0, "torch_dtype": "bfloat16", "use_cache": true """)]
    [InlineData("qwen2", """ "max_window_layers": 28, "sliding_window": 131072, "use_sliding_window": false, "use_mrope": false, "tie_word_embeddings": true """)]
    [InlineData("qwen2", """ "layer_types": ["full_attention", "full_attention"], "dtype": "bfloat16", "sliding_window": null """)]
    [InlineData("gemma", """ "hidden_act": "gelu", "hidden_activation": null, "head_dim": 8, "num_key_value_heads": 1 """)]
    [InlineData("gemma2", """ "hidden_act": "gelu_pytorch_tanh", "hidden_activation": "gelu_pytorch_tanh", "cache_implementation": "hybrid", "query_pre_attn_scalar": 224, "sliding_window_size": 4096 """)]
    [InlineData("gemma3_text", """ "attn_logit_softcapping": null, "final_logit_softcapping": null, "rope_scaling": {"factor": 8.0, "rope_type": "linear"}, "sliding_window": 512, "sliding_window_pattern": 6, "use_bidirectional_attention": false """)]
    [InlineData("gemma3_text", """ "layer_types": ["sliding_attention", "full_attention"], "rope_parameters": {"full_attention": {"rope_theta": 1e6, "rope_type": "default"}, "sliding_attention": {"rope_theta": 1e4, "rope_type": "default"}} """)]
    [InlineData("phi3", """ "attention_bias": false, "embd_pdrop": 0.0, "original_max_position_embeddings": 4096, "rope_scaling": {"long_factor": [1.0, 2.0], "short_factor": [1.0, 1.1], "type": "longrope"}, "auto_map": {} """)]
    [InlineData("gpt_neox", """ "attention_dropout": 0.0, "partial_rotary_factor": 0.5, "rope_theta": 10000, "classifier_dropout": 0.1, "rotary_emb_base": 10000, "rotary_pct": 0.5, "use_parallel_residual": true, "rope_scaling": null """)]
    [InlineData("smollm3", """ "no_rope_layer_interval": 4, "no_rope_layers": [1, 0], "use_sliding_window": false, "layer_types": ["full_attention", "full_attention"], "pretraining_tp": 2 """)]
    [InlineData("olmo2", """ "attention_bias": false, "rope_scaling": null, "attention_dropout": 0.0 """)]
    [InlineData("mixtral", """ "num_local_experts": 4, "num_experts_per_tok": 2, "output_router_logits": false, "router_aux_loss_coef": 0.02, "router_jitter_noise": 0.0 """)]
    [InlineData("qwen3_moe", """ "num_experts": 4, "num_experts_per_tok": 2, "mlp_only_layers": [], "decoder_sparse_step": 1, "norm_topk_prob": true, "max_window_layers": 48 """)]
    [InlineData("llama", """ "rope_parameters": {"rope_theta": 500000.0, "rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0, "original_max_position_embeddings": 8192}, "pretraining_tp": 1 """)]
    [InlineData("llama", """ "rope_scaling": {"type": "yarn", "factor": 4.0, "original_max_position_embeddings": 1024} """)]
    public void A_config_of_the_hub_is_read(string type, string own)
    {
        using CausalLM model = Create($"{{\"model_type\": \"{type}\", {Sizes}, {own}}}");
        model.Initialize(seed: 1);
        Assert.Equal(type, ConfigFile.Open(folder.Path).ModelType);
    }

    [Fact]
    public void Gpt_2_has_names_of_its_own()
    {
        using CausalLM model = Create($$"""
            {
                "model_type": "gpt2", {{Gpt2Sizes}}, "activation_function": "gelu_new", "attn_pdrop": 0.1, "resid_pdrop": 0.1, "layer_norm_epsilon": 1e-05,
                "n_inner": null, "reorder_and_upcast_attn": false, "scale_attn_by_inverse_layer_idx": false, "scale_attn_weights": true,
                "summary_type": "cls_index", "summary_use_proj": true, "task_specific_params": {"text-generation": {"do_sample": true} }
            }
            """);
        Assert.Equal((16, 2, 32), (model.Config.HiddenSize, model.Config.NumHiddenLayers, model.Config.MaxPositionEmbeddings));
        Assert.Contains("'n_embd' is missing", Refusal("""{"model_type": "gpt2", "vocab_size": 50, "n_layer": 2, "n_head": 4}"""));
        Assert.Contains("n_layer is 0", Refusal("""{"model_type": "gpt2", "vocab_size": 50, "n_embd": 16, "n_layer": 0, "n_head": 4}"""));
        Assert.Contains("n_head is 3", Refusal("""{"model_type": "gpt2", "vocab_size": 50, "n_embd": 16, "n_layer": 1, "n_head": 3}"""));
        Assert.Contains("activation_function is tanh", Refusal($"{{\"model_type\": \"gpt2\", {Gpt2Sizes}, \"activation_function\": \"tanh\"}}"));
        Assert.Contains("add_cross_attention is True", Refusal($"{{\"model_type\": \"gpt2\", {Gpt2Sizes}, \"add_cross_attention\": true}}"));
    }

    [Theory]
    [InlineData("llama", "\"hidden_act\": \"mish\"", "hidden_act is mish")]
    [InlineData("llama", "\"rms_norm_eps\": 0", "rms_norm_eps is 0")]
    [InlineData("llama", "\"num_key_value_heads\": 3", "QLG203")]
    [InlineData("llama", "\"head_dim\": 5", "QLG204")]
    [InlineData("llama", "\"partial_rotary_factor\": 1.5", "partial_rotary_factor is 1.5")]
    [InlineData("llama", "\"rope_scaling\": {\"rope_type\": \"ntk\"}", "'ntk' is not supported")]
    [InlineData("llama", "\"rope_parameters\": {\"rope_type\": \"ntk\"}", "'ntk' is not supported")]
    [InlineData("llama", "\"rope_parameters\": {\"full_attention\": {}}", "rope_parameters is by kind of layer")]
    [InlineData("llama", "\"layer_types\": [\"sliding_attention\", \"full_attention\"]", "layer_types[0] is sliding_attention")]
    [InlineData("llama", "\"layer_types\": [\"full_attention\", \"linear_attention\"]", "layer_types[1] is linear_attention")]
    [InlineData("llama", "\"layer_types\": [\"full_attention\"]", "layer_types is a list of 1")]
    [InlineData("llama", "\"attn_logit_softcapping\": 50.0", "QLG412")]
    [InlineData("llama", "\"residual_multiplier\": 0.22", "QLG412")]
    [InlineData("mistral", "\"num_key_value_heads\": 2, \"sliding_window\": 0", "sliding_window is 0")]
    [InlineData("mistral", "\"use_qk_norm\": true", "QLG412")]
    [InlineData("gemma", "\"hidden_act\": \"relu\"", "hidden_act is relu")]
    [InlineData("gemma3_text", "\"use_bidirectional_attention\": true", "use_bidirectional_attention is True")]
    [InlineData("gemma3_text", "\"attn_logit_softcapping\": 50.0", "attn_logit_softcapping is 50")]
    [InlineData("phi3", "\"attention_bias\": true", "attention_bias is True")]
    [InlineData("phi3", "\"rope_scaling\": {\"type\": \"longrope\", \"short_factor\": [1.0], \"long_factor\": [1.0, 2.0]}", "rope_scaling.short_factor is not possible")]
    [InlineData("smollm3", "\"no_rope_layers\": [1]", "no_rope_layers is a list of 1")]
    [InlineData("smollm3", "\"use_sliding_window\": true, \"sliding_window\": 4", "use_sliding_window is True")]
    [InlineData("mixtral", "\"num_local_experts\": 2, \"num_experts_per_tok\": 3", "num_experts_per_tok is 3")]
    [InlineData("mixtral", "\"num_local_experts\": 1000000000", "num_local_experts is 1000000000")]
    [InlineData("qwen3_moe", "\"num_experts\": 4, \"num_experts_per_tok\": 0", "num_experts_per_tok is 0")]
    [InlineData("qwen3_moe", "\"decoder_sparse_step\": 0", "decoder_sparse_step is 0")]
    public void What_is_not_computed_is_refused_by_its_name(string type, string field, string says) =>
        Assert.Contains(says, Refusal($"{{\"model_type\": \"{type}\", {Sizes}, {field}}}"));

    [Fact]
    public void An_unknown_model_type_is_answered_with_those_known()
    {
        string said = Refusal($"{{\"model_type\": \"bloom\", {Sizes}}}");
        Assert.Contains("'bloom'", said);
        Assert.All(Architectures.ModelTypes, type => Assert.Contains(type, said));
        Assert.Equal(14, Architectures.ModelTypes.Count);
    }

    private string Refusal(string json) => Assert.Throws<QLoraException>(() => Create(json)).Message;

    private CausalLM Create(string json) => Architectures.Create(ConfigFile.Open(folder.Write("config.json", json)));
}
