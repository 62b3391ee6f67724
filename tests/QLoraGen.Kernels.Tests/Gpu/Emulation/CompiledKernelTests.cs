using ILGPU;
using QLoraGen.Emulation;

namespace QLoraGen.Kernels.Tests.Gpu.Emulation;

/// <summary>Kernels compiled from C# run as they would on a device, and faults put into their PTX show.</summary>
public sealed class CompiledKernelTests
{
    private const int Depth = 64;
    private const int Tiles = 2;

    private static readonly ushort[] left = Random(16 * Depth, 1);
    private static readonly ushort[] right = Random(Tiles * 8 * Depth, 2);

    [Theory]
    [InlineData(OptimizationLevel.O1)]
    [InlineData(OptimizationLevel.O2)]
    public void SumOverSharedMemoryAndShuffles(OptimizationLevel level)
    {
        var (ptx, entry) = PtxText.Compile(SampleKernels.Sum, SampleKernels.SumThreads, level);
        var machine = new PtxMachine(ptx);
        float[] values = [.. Enumerable.Range(1, 1000).Select(i => (float)i)];
        long total = machine.Allocate(4);
        byte[] view = PtxArguments.View(machine.Allocate(values), values.Length);
        machine.Launch(entry, 3, SampleKernels.SumThreads, 0, view, PtxArguments.View(total, 1), values.Length);
        Assert.Equal(500500f, machine.Read<float>(total)[0]);
    }

    [Theory]
    [InlineData(OptimizationLevel.O1)]
    [InlineData(OptimizationLevel.O2)]
    public void SwitchesCallsAndLocalArrays(OptimizationLevel level)
    {
        var (ptx, entry) = PtxText.Compile(SampleKernels.Decode, 32, level);
        var machine = new PtxMachine(ptx);
        byte[] codes = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];
        long values = machine.Allocate(4 * 32);
        machine.Launch(entry, 1, 32, 0, PtxArguments.View(machine.Allocate(codes), 32), PtxArguments.View(values, 32));
        float[] levels = [-1f, 0.5f, 3f, 10f];
        Assert.Equal(codes.Select(code => levels[code & 3] * (1 << (code >> 2 & 3))), machine.Read<float>(values));
    }

    [Fact]
    public void TensorCoresFedByAsynchronousCopies()
    {
        float[] results = Matmul(ptx => ptx);
        for (int row = 0; row < 16; row++)
        {
            for (int column = 0; column < Tiles * 8; column++)
            {
                double expected = 0;
                for (int k = 0; k < Depth; k++)
                    expected += (double)Value(left[row * Depth + k]) * Value(right[column * Depth + k]);
                Assert.Equal(expected, results[row * Tiles * 8 + column], 1e-4);
            }
        }
    }

    [Fact]
    public void AMissingWaitGivesNan() =>
        Assert.All(Matmul(ptx => Without(ptx, "cp.async.wait_group 1;")), value => Assert.True(float.IsNaN(value)));

    [Fact]
    public void AMissingBarrierIsARace()
    {
        var fault = Assert.Throws<PtxFault>(() => Matmul(ptx => Without(ptx, "bar.sync\t0;")));
        Assert.Contains("Race in shared memory", fault.Message, StringComparison.Ordinal);
        Assert.Contains("ldmatrix", fault.Message, StringComparison.Ordinal);
    }

    private static float[] Matmul(Func<string, string> change)
    {
        var (ptx, entry) = PtxText.Compile(SampleKernels.Matmul, 32);
        var machine = new PtxMachine(change(ptx));
        long d = machine.Allocate(16 * Tiles * 8 * 4);
        machine.Launch(entry, Tiles, 32, 0, machine.Allocate(left), machine.Allocate(right), d, Depth);
        return machine.Read<float>(d);
    }

    private static string Without(string ptx, string instruction)
    {
        Assert.Contains(instruction, ptx, StringComparison.Ordinal);
        return ptx.Replace(instruction, "", StringComparison.Ordinal);
    }

    private static ushort[] Random(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (ushort)(BitConverter.SingleToUInt32Bits(random.NextSingle() * 2 - 1) >> 16))];
    }

    private static float Value(ushort bits) => BitConverter.UInt32BitsToSingle((uint)bits << 16);
}
