using QLoraGen.Checkpoints;
using static TorchSharp.torch;

namespace QLoraGen.Gguf;

/// <summary>
/// <c>lora_a</c> and <c>lora_b</c> of one of llama.cpp's weights: of one layer, or of all experts of a block, A [experts, r, in] and
/// B [experts, out, r]. There the largest rank is everyone's: what a smaller one, or an expert without an adapter, lacks is zero.
/// </summary>
/// <param name="weight">The weight's name.</param>
/// <param name="placed">The adapters for it.</param>
/// <param name="alpha">The file's alpha.</param>
/// <param name="dtype">The type to round to.</param>
/// <param name="experts">How many experts share the weight; null for one layer's.</param>
internal sealed class AdapterTensors(string weight, IReadOnlyList<PlacedAdapter> placed, float alpha, TensorDType dtype, int? experts)
{
    private readonly long rank = placed.Max(static p => p.Adapter.A.shape[0]);

    /// <summary>Both tensors; they are computed when they are written.</summary>
    public IEnumerable<TensorToWrite> All => experts is { } count
        ? [Tensor("lora_a", [count, rank, In], Stacked(count, MatrixA, [rank, In])), Tensor("lora_b", [count, Out, rank], Stacked(count, MatrixB, [Out, rank]))]
        : placed[0].Place.Tensor == GgufPlace.Embeddings
            ? [Tensor("lora_a", [In, rank], () => MatrixA(placed[0]).t().contiguous()), Tensor("lora_b", [Out, rank], () => MatrixB(placed[0]))]
            : [Tensor("lora_a", [rank, In], () => MatrixA(placed[0])), Tensor("lora_b", [Out, rank], () => MatrixB(placed[0]))];

    private long In => placed[0].Adapter.A.shape[1];

    private long Out => placed[0].Adapter.B.shape[0];

    /// <summary>What B is multiplied with, so that alpha / rank gives the adapter's scale.</summary>
    public static float Factor(LoraAdapter adapter, long rank, float alpha)
    {
        double own = adapter.Scale * rank;
        return (float)own == alpha ? 1 : (float)(own / alpha);
    }

    private Tensor MatrixA(PlacedAdapter p) => p.Adapter.A.detach().contiguous();

    private Tensor MatrixB(PlacedAdapter p)
    {
        Tensor rows = RowOrders.Reorder(p.Adapter.B.detach().contiguous(), p.Place.Order, p.Place.Heads);
        float factor = Factor(p.Adapter, rank, alpha);
        return (factor == 1 ? rows : rows * factor).contiguous();
    }

    private Func<Tensor> Stacked(int count, Func<PlacedAdapter, Tensor> matrix, long[] shape) => () =>
    {
        Tensor all = zeros([count, .. shape]);
        foreach (PlacedAdapter p in placed)
        {
            Tensor own = matrix(p);
            all.select(0, p.Place.Expert!.Value).narrow(0, 0, own.shape[0]).narrow(1, 0, own.shape[1]).copy_(own);
        }
        return all;
    };

    private TensorToWrite Tensor(string part, long[] shape, Func<Tensor> compute) => new($"{weight}.{part}", dtype, shape, stream =>
    {
        using var scope = NewDisposeScope();
        using IDisposable _ = no_grad();
        Tensor values = compute();
        if (RoundedValues.TooLarge(values, dtype) is { } largest)
        {
            throw new QLoraException($"{placed[0].Adapter.Path}: {part} has values up to {largest}, more than float16 can hold: use --dtype float32 or bfloat16.");
        }
        RoundedValues.Write(values, dtype, stream);
    });
}
