using QLoraGen.Kernels;
using QLoraGen.Native;
using static TorchSharp.torch;

namespace QLoraGen.Benchmarks.Kernels;

/// <summary>
/// The CPU kernels on a frozen NF4 weight (double-quantized, block size 64) beside the machine's memory, libtorch's fp32
/// matmul on the dense weight, and decoding a tile at a time into libtorch's matmul. The two of a row are timed in turn.
/// </summary>
internal sealed unsafe class KernelBenchmark(bool json)
{
    private static readonly (int N, int K)[] shapes = [(4096, 4096), (11008, 4096), (4096, 11008), (1024, 1024)];
    private static readonly int[] rows = [1, 4, 16, 128, 512];

    private readonly KernelTable table = new(json, get_num_threads());

    public static void Run(bool json)
    {
        TorchLoader.EnsureLoadable();
        using var _ = no_grad();
        new KernelBenchmark(json).Run();
    }

    private void Run()
    {
        table.Head($"{get_num_threads()} threads, {Simd.Best}; a ratio is our time over the baseline's");
        foreach ((int n, int k) in shapes)
        {
            using var weight = new RandomWeight(n, k);
            Vectors(weight, n, k);
            Products(weight, n, k);
            Conversions(weight, n, k);
        }
    }

    // One token: what counts is how fast the weight comes from memory.
    private void Vectors(RandomWeight weight, int n, int k)
    {
        using var scope = NewDisposeScope();
        Tensor x = randn(1, k), y = empty(1, n);
        using var cold = new ColdWeights(weight);
        double bytes = weight.Region.Length, flops = 2.0 * n * k;
        bool main = (n, k) == (4096, 4096);
        Row(new("forward", n, k, 1, "read of 4 bits", bytes, "B/s", Cold: true, Target: 1.25),
            () => Multiply(cold.Quantized, x, y), () => Read(cold.Next()));
        Row(new("forward", n, k, 1, "read of 4 bits", bytes, "B/s", Target: main ? 2.1 : null),
            () => Multiply(weight.Tensor.Quantized, x, y), () => Read(weight.Region));
        Row(new("forward", n, k, 1, "libtorch fp32", flops, "FLOP/s", Cold: true), () => Multiply(cold.Quantized, x, y), () => x.mm(cold.Dense.t()));
    }

    private void Products(RandomWeight weight, int n, int k)
    {
        using var scope = NewDisposeScope();
        Tensor many = randn(128, k), a = randn(16, k), b = randn(n, 16);
        foreach (int m in rows)
        {
            Tensor x = randn(m, k), gy = randn(m, n);
            double flops = 2.0 * n * k * m;
            double? target = m >= 128 ? 1 : null;
            Row(new("forward", n, k, m, "libtorch fp32", flops, "FLOP/s", Target: target), () => Forward(x, weight), () => x.mm(weight.Dense.t()));
            if (m >= 16)
            {
                Row(new("forward", n, k, m, "decode + libtorch", flops, "FLOP/s"), () => Forward(x, weight), () => FrozenProduct.MultiplyByTiles(x, weight.Tensor));
                Row(new("backward", n, k, m, "decode + libtorch", flops, "FLOP/s"), () => Backward(gy, weight), () => FrozenProduct.MultiplyTransposedByTiles(gy, weight.Tensor));
            }
            if (m == 16)
            {
                Row(new("forward", n, k, m, "libtorch fp32, m = 128", flops, "FLOP/s", Target: 1 / 0.85),
                    () => Forward(x, weight), () => many.mm(weight.Dense.t()), share: m / 128.0);
            }
            if (m == 128)
            {
                Tensor h = x.mm(a.t());
                Row(new("forward + h B^T, r = 16", n, k, m, "forward", flops, "FLOP/s", Target: 1.04),
                    () => FrozenProduct.Multiply(x, weight.Tensor, h, b, 0.5), () => Forward(x, weight));
                Row(new("forward + B A x, r = 16", n, k, m, "forward", flops, "FLOP/s"),
                    () => FrozenProduct.Multiply(x, weight.Tensor, x.mm(a.t()), b, 0.5), () => Forward(x, weight));
            }
            Row(new("backward", n, k, m, "libtorch fp32", flops, "FLOP/s", Target: target), () => Backward(gy, weight), () => gy.mm(weight.Dense));
        }
    }

    private void Conversions(RandomWeight weight, int n, int k)
    {
        int count = n * k;
        long bytes = 4L * count;
        float* values = TensorMemory.Floats(weight.Dense);
        using FrozenRegion room = FrozenRegion.Allocate(bytes), code = FrozenRegion.Allocate(weight.Slot.End);
        var quantized = new QuantizedWeight(code.Pointer, weight.Slot, weight.Tensor.Quantized.Format, n, k);
        Row(new("quantize fp32", n, k, 0, "read of fp32", bytes, "B/s"),
            () => Quantizer.Quantize(new ReadOnlySpan<float>(values, count), quantized), () => MemoryBandwidth.Read((byte*)values, bytes));
        Row(new("dequantize to fp32", n, k, 0, "write of fp32", bytes, "B/s", Target: 1.0),
            () => Dequantizer.Dequantize(weight.Tensor.Quantized, 0, new Span<float>(room.Pointer, count)),
            () => MemoryBandwidth.Write(room.Pointer, bytes));
        Row(new("dequantize to bf16", n, k, 0, "write of bf16", bytes / 2, "B/s", Target: 1 / 0.9),
            () => Dequantizer.Dequantize(weight.Tensor.Quantized, 0, new Span<ushort>(room.Pointer, count)),
            () => MemoryBandwidth.Write(room.Pointer, bytes / 2));
    }

    private void Row(KernelRow row, Action ours, Action baseline, double share = 1)
    {
        (double seconds, double baselineSeconds) = Measure.InTurn(() => Scoped(ours), () => Scoped(baseline));
        table.Row(row, seconds, share * baselineSeconds);
    }

    private static void Scoped(Action action)
    {
        using var scope = NewDisposeScope();
        action();
    }

    private static void Multiply(QuantizedWeight weight, Tensor x, Tensor y) =>
        FrozenMatmul.Multiply(weight, TensorMemory.Floats(x), (int)x.shape[0], TensorMemory.Floats(y));

    private static Tensor Forward(Tensor x, RandomWeight weight) => FrozenProduct.Multiply(x, weight.Tensor);

    private static Tensor Backward(Tensor gy, RandomWeight weight) => FrozenProduct.MultiplyTransposed(gy, weight.Tensor);

    private static void Read(FrozenRegion region) => MemoryBandwidth.Read(region.Pointer, region.Length);
}
