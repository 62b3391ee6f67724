using static TorchSharp.torch;

namespace QLoraGen.Gguf;

/// <summary>The order of a weight's rows in llama.cpp, where it is not the checkpoint's.</summary>
internal enum RowOrder
{
    /// <summary>The checkpoint's own.</summary>
    Same,

    /// <summary>
    /// Within each head the two halves that are rotated together alternate: row 2 i + h is what was row h d / 2 + i. Its Llama
    /// rotates neighbours (ggml's NORM mode), where Transformers rotates halves.
    /// </summary>
    Interleaved,

    /// <summary>All queries, all keys, all values, where the checkpoint has query, key and value of one head after the other.</summary>
    Grouped,
}

/// <summary>Puts rows in order.</summary>
internal static class RowOrders
{
    /// <summary>B, or a weight, with its rows where llama.cpp has them. Rows of B are those of the weight: W + B A in another order of rows is the same of both.</summary>
    /// <param name="rows">[out, any].</param>
    /// <param name="order">The order.</param>
    /// <param name="heads">Heads that make up the rows; in a grouped weight each is query, key and value.</param>
    public static Tensor Reorder(Tensor rows, RowOrder order, int heads)
    {
        (long count, long width) = (rows.shape[0], rows.shape[1]);
        return order switch
        {
            RowOrder.Interleaved => rows.view(heads, 2, count / heads / 2, width).transpose(1, 2).reshape(count, width),
            RowOrder.Grouped => rows.view(heads, 3, count / heads / 3, width).transpose(0, 1).reshape(count, width),
            _ => rows,
        };
    }
}
