using System.Text.Json;
using QLoraGen.Kernels;
using QLoraGen.Native;
using static TorchSharp.torch;

namespace QLoraGen.Benchmarks;

/// <summary>
/// Products with a frozen NF4 weight (double-quantized, block size 64) beside what they replace: libtorch's fp32 matmul on
/// the weight in memory, and decoding a tile at a time into libtorch's matmul.
/// </summary>
internal static class KernelBenchmark
{
    private static readonly (int N, int K)[] Shapes = [(4096, 4096), (1024, 1024), (384, 128), (64, 172)];
    private static readonly int[] Rows = [1, 4, 16, 64, 128, 512];

    public static void Run(bool json)
    {
        TorchLoader.EnsureLoadable();
        using var _ = no_grad();
        if (!json)
        {
            Console.WriteLine($"{"op",-9} {"n",6} {"k",6} {"m",4} {"seconds",10} {"baseline",14} {"seconds",10} {"ratio",6}   threads {get_num_threads()}");
        }
        foreach ((int n, int k) in Shapes)
        {
            using var weight = new RandomWeight(n, k);
            foreach (int m in Rows)
            {
                using var scope = NewDisposeScope();
                Tensor x = randn(m, k), gy = randn(m, n), y = empty(m, n), gx = empty(m, k);
                Report(json, "forward", n, k, m, "libtorch fp32", () => FrozenProduct.Multiply(x, weight.Tensor), () => x.mm(weight.Dense.t()));
                Report(json, "forward", n, k, m, "tile + matmul", () => Fused(weight, x, y), () => Tiled(weight, x));
                Report(json, "backward", n, k, m, "libtorch fp32", () => FrozenProduct.MultiplyTransposed(gy, weight.Tensor), () => gy.mm(weight.Dense));
                Report(json, "backward", n, k, m, "tile + matmul", () => FusedTransposed(weight, gy, gx), () => TiledTransposed(weight, gy));
            }
        }
    }

    private static void Report(bool json, string op, int n, int k, int m, string baseline, Action ours, Action other)
    {
        (double seconds, double baselineSeconds) = Measure.InTurn(() => Scoped(ours), () => Scoped(other));
        double ratio = seconds / baselineSeconds;
        Console.WriteLine(json
            ? JsonSerializer.Serialize(new
            {
                op, n, k, m, cold = false, threads = get_num_threads(), seconds, baseline, baseline_seconds = baselineSeconds, ratio,
            })
            : $"{op,-9} {n,6} {k,6} {m,4} {seconds,10:E2} {baseline,14} {baselineSeconds,10:E2} {ratio,6:F2}");
    }

    private static void Scoped(Action action)
    {
        using var scope = NewDisposeScope();
        action();
    }

    private static unsafe void Fused(RandomWeight w, Tensor x, Tensor y) =>
        FrozenMatmul.Multiply(w.Tensor.Quantized, TensorMemory.Floats(x), (int)x.shape[0], TensorMemory.Floats(y));

    private static unsafe void FusedTransposed(RandomWeight w, Tensor gy, Tensor gx) =>
        FrozenMatmul.MultiplyTransposed(w.Tensor.Quantized, TensorMemory.Floats(gy), (int)gy.shape[0], TensorMemory.Floats(gx));

    private static void Tiled(RandomWeight w, Tensor x) => FrozenProduct.MultiplyByTiles(x, w.Tensor);

    private static void TiledTransposed(RandomWeight w, Tensor gy) => FrozenProduct.MultiplyTransposedByTiles(gy, w.Tensor);
}
