using QLoraGen.Gguf;
using QLoraGen.Runtime.Tests.Layers;
using static TorchSharp.torch;

namespace QLoraGen.Runtime.Tests.Gguf;

/// <summary>Rows in llama.cpp's order compute what rows in the checkpoint's order compute.</summary>
[Collection(AloneWithTorch.Name)]
public sealed class RowOrderTests
{
    private const int Heads = 3, Width = 8;

    [Fact]
    public void Attention_with_neighbours_rotated_is_that_with_halves_rotated()
    {
        using var scope = NewDisposeScope();
        Tensor q = rand(Heads * Width, 5, dtype: ScalarType.Float64), k = rand(Heads * Width, 5, dtype: ScalarType.Float64);
        Tensor x = rand(5, 1, dtype: ScalarType.Float64), y = rand(5, 1, dtype: ScalarType.Float64);

        double[] trained = Scores(q, k, RotatedHalves), exported = Scores(Interleaved(q), Interleaved(k), RotatedNeighbours);

        Assert.All(trained.Zip(exported), static pair => Assert.Equal(pair.First, pair.Second, 1e-12));
        // The order matters: with the checkpoint's rows neighbours would be others.
        Assert.Contains(trained.Zip(Scores(q, k, RotatedNeighbours)), static pair => Math.Abs(pair.First - pair.Second) > 1e-3);

        double[] Scores(Tensor queries, Tensor keys, Func<double[], int, double[]> rotated)
        {
            double[] qx = [.. queries.mm(x).data<double>()], ky = [.. keys.mm(y).data<double>()];
            return [.. Enumerable.Range(0, Heads).Select(head =>
                rotated(qx[(head * Width)..((head + 1) * Width)], 7).Zip(rotated(ky[(head * Width)..((head + 1) * Width)], 4), static (a, b) => a * b).Sum())];
        }
    }

    [Fact]
    public void Grouped_rows_are_all_queries_then_all_keys_then_all_values()
    {
        using var scope = NewDisposeScope();
        // Each row is told by its part, head and place: the checkpoint has a head's query, key and value together.
        float[] rows = [.. from head in Range(Heads) from part in Range(3) from place in Range(Width) select (float)((part * 100) + (head * 10) + place)];

        Tensor grouped = RowOrders.Reorder(tensor(rows).view(-1, 1), RowOrder.Grouped, Heads);

        Assert.Equal([.. from part in Range(3) from head in Range(Heads) from place in Range(Width) select (float)((part * 100) + (head * 10) + place)],
            grouped.data<float>().ToArray());
    }

    private static IEnumerable<int> Range(int count) => Enumerable.Range(0, count);

    private static Tensor Interleaved(Tensor rows) => RowOrders.Reorder(rows, RowOrder.Interleaved, Heads);

    // Transformers' rotate_half: i with i + d / 2, by the angle of i.
    private static double[] RotatedHalves(double[] head, int token) => Rotated(head, token, static i => (i, i + (Width / 2)));

    // ggml's NORM: 2 i with 2 i + 1, by the angle of i.
    private static double[] RotatedNeighbours(double[] head, int token) => Rotated(head, token, static i => (2 * i, (2 * i) + 1));

    private static double[] Rotated(double[] head, int token, Func<int, (int, int)> pair)
    {
        double[] rotated = new double[Width];
        for (int i = 0; i < Width / 2; i++)
        {
            (int a, int b) = pair(i);
            double angle = token * Math.Pow(10_000, -2.0 * i / Width);
            rotated[a] = (head[a] * Math.Cos(angle)) - (head[b] * Math.Sin(angle));
            rotated[b] = (head[a] * Math.Sin(angle)) + (head[b] * Math.Cos(angle));
        }
        return rotated;
    }
}
