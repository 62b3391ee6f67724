using QLoraGen.Emulation;

namespace QLoraGen.Kernels.Tests.Gpu.Emulation;

public sealed class PtxAsyncCopyTests
{
    private const uint Poison = 0x7FFF7FFF;

    private static readonly uint[] input = [1, 2, 3, 4, 5, 6, 7, 8];

    [Theory]
    [InlineData("", Poison)]
    [InlineData("cp.async.commit_group;", Poison)]
    [InlineData("cp.async.wait_group 0;", Poison)]
    [InlineData("cp.async.commit_group; cp.async.wait_group 1;", Poison)]
    [InlineData("cp.async.commit_group; cp.async.wait_group 0;", 1u)]
    [InlineData("cp.async.wait_all;", 1u)]
    public void DataLandsWhenAWaitCoversIt(string wait, uint expected) =>
        Assert.Equal(expected, Copy($"cp.async.cg.shared.global [stage], [%a], 16; {wait}"));

    [Fact]
    public void OldDataIsGoneOnceACopyIsIssued() =>
        Assert.Equal(Poison, Copy("st.shared.u32 [stage], 9; cp.async.ca.shared.global [stage], [%a], 4; cp.async.commit_group;"));

    [Fact]
    public void OnlyTheOlderGroupsHaveLanded()
    {
        const string Pipeline =
            """
            cp.async.cg.shared.global [stage], [%a], 16; cp.async.commit_group;
            cp.async.cg.shared.global [stage+16], [%a+16], 16; cp.async.commit_group;
            cp.async.wait_group 1;
            """;
        Assert.Equal(1u, Copy(Pipeline));
        Assert.Equal(Poison, Copy(Pipeline, 16));
        Assert.Equal(5u, Copy(Pipeline + "cp.async.wait_group 0;", 16));
    }

    [Fact]
    public void BytesBeyondTheSourceAreZero()
    {
        const string Part = "mov.u32 %r1, 4; cp.async.cg.shared.global [stage], [%a], 16, %r1; cp.async.wait_all;";
        Assert.Equal(1u, Copy(Part));
        Assert.Equal(0u, Copy(Part, 4));
    }

    [Fact]
    public void AStageRefilledWhileOthersReadItIsARace()
    {
        string message = PtxText.Fault(
            """
            .shared .align 16 .b8 stage[16];
            ld.shared.u32 %r0, [stage];
            setp.eq.u32 %p1, %t, 31;
            @%p1 cp.async.cg.shared.global [stage], [%a], 16;
            """);
        Assert.Contains("several threads read it since the last barrier, and thread 31 now writes it", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cp.async.ca.shared.global [stage], [%a+4], 16;", "not aligned to the 16 bytes")]
    [InlineData("cp.async.cg.shared.global [stage], [%a], 8;", "does not copy 8 bytes")]
    [InlineData("cp.async.cg.shared.global [stage], [%a+32], 16;", "outside a buffer")]
    public void AWrongCopyIsAnErrorWhenIssued(string copy, string expected) =>
        Assert.Contains(expected, Assert.Throws<PtxFault>(() => Copy(copy)).Message, StringComparison.Ordinal);

    private static uint Copy(string body, int offset = 0) =>
        PtxText.Run($".shared .align 16 .b8 stage[32]; {body} ld.shared.u32 %r0, [stage+{offset}]; st.global.u32 [%b], %r0;", input, 1)[0];
}
