using QLoraGen.Emulation;

namespace QLoraGen.Kernels.Tests.Gpu.Emulation;

public sealed class PtxMatrixTests
{
    [Theory]
    [InlineData("bf16", 16)]
    [InlineData("bf16", 8)]
    [InlineData("f16", 16)]
    [InlineData("f16", 8)]
    public void MmaMultipliesWhatTheLanesHold(string type, int depth)
    {
        var random = new Random(depth);
        ushort[] left = Random(random, type, 16 * depth);
        ushort[] right = Random(random, type, depth * 8);
        float[] sums = [.. Enumerable.Range(0, 16 * 8).Select(_ => random.NextSingle())];
        var machine = new PtxMachine(PtxText.Kernel(Program(type, depth)));
        long b = machine.Allocate<float>(sums);
        machine.Launch("test", 1, 32, 0, machine.Allocate<ushort>([.. left, .. right]), b);

        float[] results = machine.Read<float>(b);
        for (int row = 0; row < 16; row++)
        {
            for (int column = 0; column < 8; column++)
            {
                double expected = sums[row * 8 + column];
                for (int k = 0; k < depth; k++)
                    expected += (double)Value(left[row * depth + k], type) * Value(right[column * depth + k], type);
                Assert.Equal(expected, results[row * 8 + column], 1e-5);
            }
        }
    }

    [Fact]
    public void MmaNeedsAllLanesOfTheWarp()
    {
        string message = PtxText.Fault(
            "setp.lt.u32 %p1, %t, 31; @!%p1 ret; "
            + "mma.sync.aligned.m16n8k8.row.col.f32.bf16.bf16.f32 {%f0,%f1,%f2,%f3}, {%r0,%r1}, {%r2}, {%f0,%f1,%f2,%f3};");
        Assert.Contains("Deadlock", message, StringComparison.Ordinal);
        Assert.Contains("mma.sync", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", 1)]
    [InlineData(".trans", 1)]
    [InlineData("", 2)]
    [InlineData(".trans", 4)]
    public void LdmatrixGivesEachLaneItsTwoElements(string trans, int count)
    {
        ushort[] elements = [.. Enumerable.Range(0, count * 64).Select(i => (ushort)i)];
        string registers = string.Join(", ", Enumerable.Range(0, count).Select(i => $"%r{i}"));
        string store = string.Concat(Enumerable.Range(0, count).Select(i => $"st.global.u32 [%x1+{128 * i}], %r{i};\n"));
        var machine = new PtxMachine(PtxText.Kernel(
            $$"""
            .shared .align 16 .b8 tile[512];
            setp.ge.u32 %p1, %t, {{count * 8}};
            mul.wide.u32 %x0, %t, 16;
            mov.u32 %r8, tile;
            cvt.u32.u64 %r9, %x0;
            add.u32 %r8, %r8, %r9;
            @%p1 bra LOADED;
            add.u64 %x1, %a, %x0;
            ld.global.v4.u32 {%r0, %r1, %r2, %r3}, [%x1];
            st.shared.v4.u32 [%r8], {%r0, %r1, %r2, %r3};
            LOADED:
            bar.sync 0;
            ldmatrix.sync.aligned.m8n8.x{{count}}{{trans}}.shared.b16 { {{registers}} }, [%r8];
            mul.wide.u32 %x0, %t, 4;
            add.u64 %x1, %b, %x0;
            {{store}}
            """));
        long b = machine.Allocate(128 * count);
        machine.Launch("test", 1, 32, 0, machine.Allocate(elements), b);

        uint[] results = machine.Read<uint>(b);
        for (int matrix = 0; matrix < count; matrix++)
        {
            for (int lane = 0; lane < 32; lane++)
            {
                var (major, minor) = (lane / 4, lane % 4 * 2);
                int first = matrix * 64 + (trans == "" ? major * 8 + minor : minor * 8 + major);
                int second = first + (trans == "" ? 1 : 8);
                Assert.Equal((uint)(first | second << 16), results[matrix * 32 + lane]);
            }
        }
    }

    /// <summary>A is row after row, B column after column, C row after row; every lane loads its own fragments by the ISA's formulas.</summary>
    private static string Program(string type, int depth)
    {
        string a = string.Join(", ", Enumerable.Range(0, depth / 4).Select(i => $"%r{8 + i}"));
        string b = string.Join(", ", Enumerable.Range(0, depth / 8).Select(i => $"%r{16 + i}"));
        string loads = string.Concat(Enumerable.Range(0, depth / 4)
            .Select(i => $"ld.global.u32 %r{8 + i}, [%x1+{(i % 2 * 8 * depth + i / 2 * 8) * 2}];\n"))
            + string.Concat(Enumerable.Range(0, depth / 8).Select(i => $"ld.global.u32 %r{16 + i}, [%x1+{(16 * depth + i * 8) * 2}];\n"));
        return $$"""
            shr.u32 %r0, %t, 2;
            and.b32 %r1, %t, 3;
            shl.b32 %r1, %r1, 1;
            mad.lo.u32 %r2, %r0, {{depth}}, %r1;
            mul.wide.u32 %x0, %r2, 2;
            add.u64 %x1, %a, %x0;
            {{loads}}
            mad.lo.u32 %r3, %r0, 8, %r1;
            mul.wide.u32 %x2, %r3, 4;
            add.u64 %x3, %b, %x2;
            ld.global.v2.f32 {%f0, %f1}, [%x3];
            ld.global.v2.f32 {%f2, %f3}, [%x3+256];
            mma.sync.aligned.m16n8k{{depth}}.row.col.f32.{{type}}.{{type}}.f32
                {%f0, %f1, %f2, %f3}, { {{a}} }, { {{b}} }, {%f0, %f1, %f2, %f3};
            st.global.v2.f32 [%x3], {%f0, %f1};
            st.global.v2.f32 [%x3+256], {%f2, %f3};
            """;
    }

    private static ushort[] Random(Random random, string type, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => Bits(random.NextSingle() * 2 - 1, type))];

    private static ushort Bits(float value, string type) =>
        type == "f16" ? BitConverter.HalfToUInt16Bits((Half)value) : (ushort)(BitConverter.SingleToUInt32Bits(value) >> 16);

    private static float Value(ushort bits, string type) =>
        type == "f16" ? (float)BitConverter.UInt16BitsToHalf(bits) : BitConverter.UInt32BitsToSingle((uint)bits << 16);
}
