using QLoraGen.Checkpoints;

namespace QLoraGen.Cli.Tests.Tool;

/// <summary>A model whose files are large and whose computing is short: one block with a wide MLP, small random weights.</summary>
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
            Small("model.embed_tokens.weight", 512, Hidden),
            Small($"{Layer}.input_layernorm.weight", Hidden),
            Small($"{Layer}.self_attn.q_proj.weight", Hidden, Hidden),
            Small($"{Layer}.self_attn.k_proj.weight", Hidden / 2, Hidden),
            Small($"{Layer}.self_attn.v_proj.weight", Hidden / 2, Hidden),
            Small($"{Layer}.self_attn.o_proj.weight", Hidden, Hidden),
            Small($"{Layer}.post_attention_layernorm.weight", Hidden),
            Small($"{Layer}.mlp.gate_proj.weight", Wide, Hidden),
            Small($"{Layer}.mlp.up_proj.weight", Wide, Hidden),
            Small($"{Layer}.mlp.down_proj.weight", Hidden, Wide),
            Small("model.norm.weight", Hidden),
        ]);
        return folder;
    }

    // bf16 from 0.0078 to 0.031: of any two bytes the upper one is fixed.
    private static TensorToWrite Small(string name, params long[] shape)
    {
        byte[] bytes = new byte[2 * shape.Aggregate(static (a, b) => a * b)];
        new Random(1).NextBytes(bytes);
        for (int i = 1; i < bytes.Length; i += 2)
        {
            bytes[i] = 0x3C;
        }
        return new TensorToWrite(name, TensorDType.BF16, shape, bytes);
    }
}
