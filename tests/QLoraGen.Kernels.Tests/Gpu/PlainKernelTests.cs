using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;
using QLoraGen.Kernels.Gpu;

namespace QLoraGen.Kernels.Tests.Gpu;

/// <summary>The plain kernels as C#, on ILGPU's CPU accelerator.</summary>
public sealed class PlainKernelTests : IDisposable
{
    private readonly Context context = Context.Create(builder => builder.CPU(new CPUDevice(4, 1, 1)));
    private readonly Accelerator accelerator;

    public PlainKernelTests() => accelerator = context.CreateCPUAccelerator(0);

    public void Dispose()
    {
        accelerator.Dispose();
        context.Dispose();
    }

    [Theory]
    [InlineData(3, 5, 37, 64, true, QuantType.NF4, 3)]
    [InlineData(2, 7, 64, 64, false, QuantType.FP4, 0)]
    [InlineData(4, 3, 96, 32, true, QuantType.INT4, 8)]
    public void Multiply_and_MultiplyTransposed(int m, int n, int k, int block, bool doubleQuant, QuantType type, int rank)
    {
        foreach (bool transposed in (bool[])[false, true])
        {
            using var product = new Product(new(type, block, doubleQuant), m, n, k, rank, transposed);
            using MemoryBuffer1D<ushort, Stride1D.Dense> y = accelerator.Allocate1D<ushort>(product.Length);
            var kernel = accelerator.LoadStreamKernel<PlainWeight, ArrayView<ushort>, ArrayView<ushort>, ArrayView<ushort>, ArrayView<ushort>, int, int, int, int>(
                transposed ? PlainKernels.MultiplyTransposed : PlainKernels.Multiply);
            kernel(new KernelConfig(2, 4), Copy(product.Weight), View(product.X), View(product.H), View(product.B), y.View, m, n, k, rank);
            accelerator.Synchronize();
            product.Check(y.GetAsArray1D(), rounded: true);
        }
    }

    [Theory]
    [InlineData(3, 37, 64, true, QuantType.NF4)]
    [InlineData(5, 64, 32, false, QuantType.FP4)]
    public void Dequantize(int rows, int cols, int block, bool doubleQuant, QuantType type)
    {
        using TestWeight weight = TestWeight.Random(new(type, block, doubleQuant), rows, cols);
        using MemoryBuffer1D<ushort, Stride1D.Dense> to = accelerator.Allocate1D<ushort>(rows * cols);
        accelerator.LoadStreamKernel<PlainWeight, ArrayView<ushort>, long>(PlainKernels.Dequantize)(new KernelConfig(2, 4), Copy(weight), to.View, rows * cols);
        accelerator.Synchronize();
        ushort[] expected = new ushort[rows * cols];
        Dequantizer.Dequantize(weight.View, 0, expected);
        Assert.Equal(expected, to.GetAsArray1D());
    }

    private PlainWeight Copy(TestWeight weight)
    {
        QuantizedWeight view = weight.View;
        bool nested = view.Format.DoubleQuant;
        return new PlainWeight
        {
            Codes = View(weight.Codes.ToArray()),
            Absmax = View(nested ? [] : weight.AbsmaxValues.ToArray()),
            AbsmaxCodes = View(nested ? weight.Absmax.ToArray() : []),
            NestedAbsmax = View(weight.NestedAbsmax.ToArray()),
            NestedOffset = View(nested ? System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(weight.Region.Slice((int)weight.Slot.NestedOffset, 4)).ToArray() : []),
            NestedMap = View(DynamicMap.Values.ToArray()),
            Codebook = View(Codebook.Values(view.Format.Type).ToArray()),
            LogBlock = System.Numerics.BitOperations.Log2((uint)view.Format.BlockSize),
        };
    }

    // Freed with the accelerator. A view of nothing is the default one.
    private ArrayView<T> View<T>(T[] values) where T : unmanaged => values.Length == 0 ? default : accelerator.Allocate1D(values).View;
}
