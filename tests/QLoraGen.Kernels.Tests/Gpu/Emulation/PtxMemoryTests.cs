using QLoraGen.Emulation;

namespace QLoraGen.Kernels.Tests.Gpu.Emulation;

public sealed class PtxMemoryTests
{
    private const string Neighbour =
        """
        .shared .align 16 .b8 tile[128];
        .reg .u32 own, other;
        mov.u32 own, tile;
        mad.lo.u32 own, %t, 4, own;
        xor.b32 %r8, %t, 1;
        mov.u32 other, tile;
        mad.lo.u32 other, %r8, 4, other;
        mul.wide.u32 %x0, %t, 4;
        add.u64 %x1, %a, %x0;
        add.u64 %x2, %b, %x0;
        """;

    private static readonly uint[] input = [.. Enumerable.Range(100, 32).Select(i => (uint)i)];

    [Theory]
    [InlineData("ld.global.u32 %r0, [%a+128];", "outside a buffer of 128 bytes")]
    [InlineData("ld.global.u32 %r0, [%a-4];", "outside a buffer of 128 bytes")]
    [InlineData("st.global.u32 [%t], %t;", "lies in no buffer")]
    [InlineData("ld.global.u32 %r0, [%a+2];", "not aligned to the 4 bytes")]
    [InlineData("ld.global.v4.f32 {%f0,%f1,%f2,%f3}, [%a+8];", "not aligned to the 16 bytes")]
    [InlineData(".shared .align 4 .b8 tile[16]; ld.shared.u32 %r0, [tile+16];", "outside the 16 bytes of Shared memory")]
    [InlineData(".local .align 4 .b8 own[16]; st.local.u32 [own+16], 0;", "outside the 16 bytes of Local memory")]
    public void AWrongAccessSaysWhatAndWhere(string body, string expected)
    {
        string message = PtxText.Fault(body, 32);
        Assert.Contains(expected, message, StringComparison.Ordinal);
        Assert.Contains("line 16: ", message, StringComparison.Ordinal);
    }

    [Fact]
    public void SharedMemoryThatNobodyWroteIsNan()
    {
        uint[] results = PtxText.Run($"{Neighbour} ld.shared.u32 %r0, [own]; st.global.u32 [%x2], %r0;", input);
        Assert.All(results, bits => Assert.True(float.IsNaN(BitConverter.UInt32BitsToSingle(bits))));
    }

    [Fact]
    public void SharedMemoryCarriesValuesAcrossABarrier()
    {
        uint[] results = PtxText.Run(
            $"{Neighbour} ld.global.u32 %r0, [%x1]; st.shared.u32 [own], %r0; bar.sync 0;"
            + "ld.shared.u32 %r0, [other]; st.global.u32 [%x2], %r0;", input);
        Assert.Equal([.. Enumerable.Range(0, 32).Select(i => (uint)(100 + (i ^ 1)))], results);
    }

    [Theory]
    [InlineData("st.shared.u32 [own], %t; ld.shared.u32 %r0, [other];", "read it since the last barrier")]
    [InlineData("ld.shared.u32 %r0, [other]; st.shared.u32 [own], %t;", "wrote it since the last barrier")]
    public void AMissingBarrierIsARace(string body, string expected) =>
        Assert.Contains(expected, PtxText.Fault(Neighbour + body), StringComparison.Ordinal);

    [Fact]
    public void TheLanesOfAWarpMaySynchronizeByThemselves()
    {
        uint[] results = PtxText.Run(
            $"{Neighbour} st.shared.u32 [own], %t; bar.warp.sync -1; ld.shared.u32 %r0, [other]; st.global.u32 [%x2], %r0;", input);
        Assert.Equal([.. Enumerable.Range(0, 32).Select(i => (uint)(i ^ 1))], results);
    }

    [Fact]
    public void ALaneMayOverwriteWhatOthersReadBeforeTheySynchronized()
    {
        uint[] results = PtxText.Run(
            $"{Neighbour} ld.shared.u32 %r1, [other]; bar.warp.sync -1; ld.shared.u32 %r2, [own]; st.shared.u32 [own], %t; st.global.u32 [%x2], %t;", input);
        Assert.Equal([.. Enumerable.Range(0, 32).Select(i => (uint)i)], results);
    }

    [Fact]
    public void DynamicSharedMemoryLiesBehindTheStaticOne()
    {
        const string Body =
            """
            .shared .align 4 .b8 fixed[20];
            mov.u32 %r1, dynamic;
            st.shared.u32 [dynamic+12], 7;
            ld.shared.u32 %r0, [%r1+12];
            mov.u32 %r2, %dynamic_smem_size;
            mad.lo.u32 %r0, %r1, 100, %r0;
            mad.lo.u32 %r0, %r2, 10000, %r0;
            st.global.u32 [%b], %r0;
            """;
        var machine = new PtxMachine(".extern .shared .align 16 .b8 dynamic[];\n" + PtxText.Kernel(Body));
        long b = machine.Allocate(4);
        machine.Launch("test", 1, 1, 16, 0L, b);
        Assert.Equal(16_32_07u, machine.Read<uint>(b)[0]);
        Assert.Throws<PtxFault>(() => machine.Launch("test", 1, 1, 8, 0L, b));
    }

    [Fact]
    public void GenericAddressesReachSharedMemory()
    {
        uint[] results = PtxText.Run(
            $"{Neighbour} cvt.u64.u32 %x3, own; cvta.shared.u64 %x4, %x3; st.u32 [%x4], %t; ld.shared.u32 %r0, [own]; st.u32 [%x2], %r0;", input);
        Assert.Equal([.. Enumerable.Range(0, 32).Select(i => (uint)i)], results);
    }

    [Fact]
    public void NarrowLoadsExtendBySign()
    {
        Assert.Equal(0xFFFFFF80u, PtxText.Compute("ld.global.s8 %r0, [%a];", 0x80));
        Assert.Equal(0x80u, PtxText.Compute("ld.global.u8 %r0, [%a];", 0x80));
        Assert.Equal(0x0001FFFFu, PtxText.Compute("st.global.v2.b16 [%a], {-1, 1}; ld.global.nc.L1::no_allocate.u32 %r0, [%a];", 0));
    }

    [Fact]
    public void AtomicsGiveTheOldValueAndAddUp()
    {
        uint[] results = PtxText.Run(
            "atom.global.add.u32 %r0, [%a], 2; mul.wide.u32 %x0, %t, 4; add.u64 %x1, %b, %x0; st.global.u32 [%x1], %r0;", [5]);
        Assert.Equal([.. Enumerable.Range(0, 32).Select(i => 5u + 2 * (uint)i)], results.Order());
    }

    [Fact]
    public void TablesOfConstantsAreInitialized()
    {
        string ptx = ".const .align 4 .f32 table[3] = {0f3F800000, 0f40000000, -1.5};\n"
            + PtxText.Kernel("ld.const.f32 %f0, [table+8]; st.global.f32 [%b], %f0;");
        var machine = new PtxMachine(ptx);
        long b = machine.Allocate(4);
        machine.Launch("test", 1, 1, 0, 0L, b);
        Assert.Equal(-1.5f, machine.Read<float>(b)[0]);
    }
}
