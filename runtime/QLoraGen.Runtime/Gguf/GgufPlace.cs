namespace QLoraGen.Gguf;

/// <summary>Where llama.cpp has a layer's weight.</summary>
/// <param name="Tensor">The weight's name there, without <c>.weight</c>: <c>blk.0.attn_q</c>.</param>
/// <param name="Order">The order of its rows.</param>
/// <param name="Heads">Heads that make up the rows, where the order asks for them.</param>
/// <param name="Expert">Which expert of a mixture it is, where all experts of a block are one tensor; else null.</param>
internal sealed record GgufPlace(string Tensor, RowOrder Order = RowOrder.Same, int Heads = 1, int? Expert = null)
{
    /// <summary>The table of token embeddings, for which llama.cpp wants A transposed.</summary>
    public const string Embeddings = "token_embd";
}
