using QLoraGen.Kernels.Gpu;
using QLoraGen.Native;
using static TorchSharp.torch;

namespace QLoraGen;

/// <summary>
/// Products with a 4-bit weight that lies on a CUDA device. Activations are rounded to bf16, as the tensor cores take them, sums are
/// fp32, and the result has the activations' own data type. Everything is queued on libtorch's stream.
/// </summary>
/// <param name="launcher">Where the kernels run.</param>
internal sealed class DeviceProduct(IKernelLauncher launcher)
{
    // The kernels take ranks of whole tensor-core steps: what is missing is zeros.
    private const int RankStep = 8;

    private static readonly Dictionary<int, DeviceProduct> opened = [];

    /// <summary>The kernels of one of libtorch's devices.</summary>
    /// <exception cref="CudaException">It cannot be used; the message says why.</exception>
    public static DeviceProduct On(int ordinal)
    {
        lock (opened)
        {
            if (!opened.TryGetValue(ordinal, out DeviceProduct? product))
            {
                opened[ordinal] = product = new DeviceProduct(GpuDevice.Open(ordinal).Launcher);
            }
            return product;
        }
    }

    /// <summary>y [M, N] = x [M, K] W^T + scale * left right^T, with left [M, r] and right = B [N, r]; null adds nothing.</summary>
    public Tensor Multiply(Tensor x, in GpuWeight w, Tensor? left = null, Tensor? right = null, double scale = 1) =>
        Run(x, w, left, right, scale, transposed: false);

    /// <summary>gx [M, K] = gy [M, N] W + scale * left right, with left [M, r] and right = A [r, K]; null adds nothing.</summary>
    public Tensor MultiplyTransposed(Tensor gy, in GpuWeight w, Tensor? left = null, Tensor? right = null, double scale = 1) =>
        Run(gy, w, left, right, scale, transposed: true);

    private Tensor Run(Tensor x, in GpuWeight w, Tensor? left, Tensor? right, double scale, bool transposed)
    {
        using var scope = NewDisposeScope();
        int m = checked((int)x.shape[0]);
        Tensor activations = Rounded(x);
        Tensor y = m >= GpuMatmul.DequantizeFrom
            ? ByLibtorch(activations, w, left, right, scale, transposed)
            : ByKernels(activations, m, w, left, right, scale, transposed);
        return y.to(x.dtype).MoveToOuterDisposeScope();
    }

    private Tensor ByKernels(Tensor x, int m, in GpuWeight w, Tensor? left, Tensor? right, double scale, bool transposed)
    {
        GpuAdapter adapter = default;
        if (left is not null)
        {
            long missing = (RankStep - (left.shape[1] % RankStep)) % RankStep;
            Tensor h = Rounded(nn.functional.pad(left * scale, [0, missing]));
            Tensor factor = Rounded(nn.functional.pad(right!, transposed ? [0, 0, 0, missing] : [0, missing]));
            adapter = new(TensorMemory.Pointer(h), TensorMemory.Pointer(factor), checked((int)h.shape[1]));
        }
        Tensor y = empty(m, transposed ? w.Cols : w.Rows, dtype: ScalarType.BFloat16, device: x.device);
        long bytes = GpuMatmul.ScratchBytes(launcher, w, m, adapter.Rank, transposed);
        nint scratch = bytes == 0 ? 0 : TensorMemory.Pointer(empty(bytes, dtype: ScalarType.Byte, device: x.device));
        GpuMatmul.Run(launcher, w, TensorMemory.Pointer(x), m, TensorMemory.Pointer(y), adapter, scratch, stream: 0, transposed);
        return y;
    }

    // W is read often enough to pay for writing it out once; it is freed as soon as the product is queued.
    private Tensor ByLibtorch(Tensor x, in GpuWeight w, Tensor? left, Tensor? right, double scale, bool transposed)
    {
        Tensor dense = empty(w.Rows, w.Cols, dtype: ScalarType.BFloat16, device: x.device);
        GpuLaunches.Dequantize(launcher, w, TensorMemory.Pointer(dense), stream: 0);
        Tensor y = x.mm(transposed ? dense : dense.t());
        return left is null ? y : y.addmm_(Rounded(left), Rounded(transposed ? right! : right!.t()), alpha: (float)scale);
    }

    private static Tensor Rounded(Tensor values) => values.to(ScalarType.BFloat16).contiguous();
}
