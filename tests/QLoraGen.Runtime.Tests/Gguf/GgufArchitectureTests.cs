using QLoraGen.Checkpoints;
using QLoraGen.Gguf;
using QLoraGen.Testing;

namespace QLoraGen.Runtime.Tests.Gguf;

/// <summary>llama.cpp's names for the layers of each family (gguf-py/gguf/constants.py, tensor_mapping.py and conversion/ of October 2026).</summary>
public sealed class GgufArchitectureTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("llama", "llama", "Interleaved")]
    [InlineData("mistral", "llama", "Interleaved")]
    [InlineData("mixtral", "llama", "Interleaved")]
    [InlineData("smollm3", "smollm3", "Interleaved")]
    [InlineData("qwen2", "qwen2", "Same")]
    [InlineData("qwen3", "qwen3", "Same")]
    [InlineData("qwen3_moe", "qwen3moe", "Same")]
    [InlineData("gemma", "gemma", "Same")]
    [InlineData("gemma2", "gemma2", "Same")]
    [InlineData("gemma3_text", "gemma3", "Same")]
    [InlineData("olmo2", "olmo2", "Same")]
    public void Queries_and_keys_are_interleaved_for_the_descendants_of_LlamaModel_alone(string type, string name, string order)
    {
        GgufArchitecture architecture = Of(type);

        Assert.Equal(name, architecture.Name);
        RowOrder expected = Enum.Parse<RowOrder>(order);
        Assert.Equal(new GgufPlace("blk.3.attn_q", expected, expected == RowOrder.Same ? 1 : 8), architecture.Find("model.layers.3.self_attn.q_proj"));
        Assert.Equal(new GgufPlace("blk.12.attn_k", expected, expected == RowOrder.Same ? 1 : 2), architecture.Find("model.layers.12.self_attn.k_proj"));
        Assert.Equal(new GgufPlace("blk.3.attn_v"), architecture.Find("model.layers.3.self_attn.v_proj"));
    }

    [Theory]
    [InlineData("llama", "model.layers.0.self_attn.o_proj", "blk.0.attn_output")]
    [InlineData("llama", "model.layers.0.mlp.gate_proj", "blk.0.ffn_gate")]
    [InlineData("llama", "model.layers.0.mlp.up_proj", "blk.0.ffn_up")]
    [InlineData("llama", "model.layers.0.mlp.down_proj", "blk.0.ffn_down")]
    [InlineData("llama", "lm_head", "output")]
    [InlineData("llama", "model.embed_tokens", "token_embd")]
    [InlineData("phi3", "model.layers.0.self_attn.qkv_proj", "blk.0.attn_qkv")]
    [InlineData("phi3", "model.layers.0.mlp.gate_up_proj", "blk.0.ffn_up")]
    [InlineData("gpt2", "transformer.h.1.attn.c_attn", "blk.1.attn_qkv")]
    [InlineData("gpt2", "h.1.attn.c_proj", "blk.1.attn_output")]
    [InlineData("gpt2", "h.1.mlp.c_fc", "blk.1.ffn_up")]
    [InlineData("gpt2", "h.1.mlp.c_proj", "blk.1.ffn_down")]
    [InlineData("gpt_neox", "gpt_neox.layers.5.attention.dense", "blk.5.attn_output")]
    [InlineData("gpt_neox", "gpt_neox.layers.5.mlp.dense_h_to_4h", "blk.5.ffn_up")]
    [InlineData("gpt_neox", "gpt_neox.layers.5.mlp.dense_4h_to_h", "blk.5.ffn_down")]
    [InlineData("gpt_neox", "embed_out", "output")]
    [InlineData("mixtral", "model.layers.0.block_sparse_moe.gate", "blk.0.ffn_gate_inp")]
    [InlineData("qwen3_moe", "model.layers.0.mlp.gate", "blk.0.ffn_gate_inp")]
    public void A_layer_has_the_name_that_the_converter_gives_it(string type, string path, string name) =>
        Assert.Equal(new GgufPlace(name), Of(type).Find(path));

    [Fact]
    public void The_rows_of_a_fused_attention_of_GPT_NeoX_are_grouped() =>
        Assert.Equal(new GgufPlace("blk.0.attn_qkv", RowOrder.Grouped, 8), Of("gpt_neox").Find("gpt_neox.layers.0.attention.query_key_value"));

    [Theory]
    [InlineData("mixtral", "block_sparse_moe.experts.5.w1", "ffn_gate_exps")]
    [InlineData("mixtral", "block_sparse_moe.experts.5.w2", "ffn_down_exps")]
    [InlineData("mixtral", "block_sparse_moe.experts.5.w3", "ffn_up_exps")]
    [InlineData("qwen3_moe", "mlp.experts.5.gate_proj", "ffn_gate_exps")]
    [InlineData("qwen3_moe", "mlp.experts.5.down_proj", "ffn_down_exps")]
    [InlineData("qwen3_moe", "mlp.experts.5.up_proj", "ffn_up_exps")]
    public void Experts_share_a_tensor(string type, string part, string name) =>
        Assert.Equal(new GgufPlace($"blk.7.{name}", Expert: 5), Of(type).Find($"model.layers.7.{part}"));

    [Theory]
    [InlineData("gemma2", "lm_head")]
    [InlineData("llama", "model.norm")]
    [InlineData("llama", "model.layers.0.self_attn.rotary")]
    [InlineData("llama", "model.layers.x.self_attn.q_proj")]
    [InlineData("llama", "another.q_proj")]
    public void What_llama_cpp_has_no_weight_for_has_no_place(string type, string path) => Assert.Null(Of(type).Find(path));

    [Fact]
    public void Without_heads_for_keys_there_are_as_many_as_for_queries() => Assert.Equal(
        8, GgufArchitecture.Of(ConfigFile.Open(folder.Write("config.json", """{"model_type": "llama", "num_attention_heads": 8, "num_key_value_heads": null}""")))
            .Find("model.layers.0.self_attn.k_proj")!.Heads);

    [Fact]
    public void A_model_whose_names_are_not_known_is_refused_with_those_that_are()
    {
        string message = Assert.Throws<QLoraException>(() => Of("mamba")).Message;

        Assert.All((string[])["config.json", "mamba", "llama", "qlora merge"], word => Assert.Contains(word, message));
    }

    private GgufArchitecture Of(string type) => GgufArchitecture.Of(ConfigFile.Open(folder.Write(
        "config.json", $$"""{"model_type": "{{type}}", "num_attention_heads": 8, "num_key_value_heads": 2}""")));
}
