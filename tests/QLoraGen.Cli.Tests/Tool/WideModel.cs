using QLoraGen.Checkpoints;

namespace QLoraGen.Cli.Tests.Tool;

/// <summary>A model whose files are large and whose computing is short: one block with a wide MLP, weights all zero.</summary>
internal static class WideModel
{
    private const int Hidden = 64;
    private const int Wide = 1 << 15;

    /// <summary>Writes the folder; the region has 3.3 MB in 4 bits, adapters of rank 16 have 6 MB.</summary>
    public static string Write(Qlora qlora)
    {
        string folder = Stories.Copy(qlora, "wide");
        Spoilt.ChangeJson(Path.Combine(folder, "config.json"), static config =>
        {
            config["num_hidden_layers"] = 1;
            config["intermediate_size"] = Wide;
        });
        const string Layer = "model.layers.0";
        SafetensorsWriter.Write(Path.Combine(folder, "model.safetensors"),
        [
            Zeros("model.embed_tokens.weight", 512, Hidden),
            Zeros($"{Layer}.input_layernorm.weight", Hidden),
            Zeros($"{Layer}.self_attn.q_proj.weight", Hidden, Hidden),
            Zeros($"{Layer}.self_attn.k_proj.weight", Hidden / 2, Hidden),
            Zeros($"{Layer}.self_attn.v_proj.weight", Hidden / 2, Hidden),
            Zeros($"{Layer}.self_attn.o_proj.weight", Hidden, Hidden),
            Zeros($"{Layer}.post_attention_layernorm.weight", Hidden),
            Zeros($"{Layer}.mlp.gate_proj.weight", Wide, Hidden),
            Zeros($"{Layer}.mlp.up_proj.weight", Wide, Hidden),
            Zeros($"{Layer}.mlp.down_proj.weight", Hidden, Wide),
            Zeros("model.norm.weight", Hidden),
        ]);
        return folder;
    }

    private static TensorToWrite Zeros(string name, params long[] shape) => new(
        name, TensorDType.BF16, shape, stream => stream.Write(new byte[2 * shape.Aggregate(static (a, b) => a * b)]));
}
