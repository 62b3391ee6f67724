namespace QLoraGen.Kernels.Tests.Gpu.Emulation;

public sealed class PtxWarpTests
{
    private const string StoreResult = "mul.wide.u32 %x0, %t, 4; add.u64 %x1, %b, %x0; st.global.u32 [%x1], %r0;";

    [Theory]
    [InlineData("bfly.b32 %r0, %t, 5, 31", "lane ^ 5")]
    [InlineData("down.b32 %r0, %t, 3, 31", "lane + 3")]
    [InlineData("up.b32 %r0, %t, 3, 0", "lane - 3")]
    [InlineData("idx.b32 %r0, %t, 9, 31", "9")]
    [InlineData("down.b32 %r0, %t, 3, 0x181F", "lane + 3 within 8")]
    public void ShuffleReadsAnotherLane(string shuffle, string meaning)
    {
        uint[] results = PtxText.Run($"shfl.sync.{shuffle}, 0xffffffff; {StoreResult}", [0]);
        for (int lane = 0; lane < 32; lane++)
        {
            int expected = meaning switch
            {
                "lane ^ 5" => lane ^ 5,
                "lane + 3" => lane + 3 < 32 ? lane + 3 : lane,
                "lane - 3" => lane >= 3 ? lane - 3 : lane,
                "9" => 9,
                _ => lane % 8 + 3 < 8 ? lane + 3 : lane,
            };
            Assert.Equal((uint)expected, results[lane]);
        }
    }

    [Fact]
    public void ShuffleTellsWhetherTheLaneWasInRange()
    {
        uint[] results = PtxText.Run($"shfl.sync.down.b32 %r1|%p1, %t, 8, 31, -1; selp.u32 %r0, 1, 0, %p1; {StoreResult}", [0]);
        Assert.Equal([.. Enumerable.Range(0, 32).Select(lane => lane < 24 ? 1u : 0)], results);
    }

    [Theory]
    [InlineData("vote.sync.ballot.b32 %r0, %p1, -1;", 0x1Fu)]
    [InlineData("selp.u32 %r1, %t, 0, %p1; redux.sync.add.u32 %r0, %r1, -1;", 10u)]
    [InlineData("redux.sync.max.s32 %r0, %t, -1;", 31u)]
    [InlineData("vote.sync.any.pred %p2, %p1, -1; vote.sync.all.pred %p3, %p1, -1; selp.u32 %r1, 1, 0, %p2; selp.u32 %r0, 9, %r1, %p3;", 1u)]
    public void VotesAndReductionsAreTheSameForAllLanes(string body, uint expected)
    {
        uint[] results = PtxText.Run($"setp.lt.u32 %p1, %t, 5; {body} {StoreResult}", [0]);
        Assert.Equal(Enumerable.Repeat(expected, 32), results);
    }

    [Fact]
    public void LanesThatBranchAwayMeetAgainAtTheShuffle()
    {
        uint[] results = PtxText.Run(
            $"""
            mov.u32 %r1, %t;
            and.b32 %r2, %t, 1;
            setp.eq.u32 %p1, %r2, 0;
            @%p1 bra EVEN;
            add.u32 %r1, %r1, 100;
            EVEN:
            shfl.sync.bfly.b32 %r0, %r1, 1, 31, -1;
            {StoreResult}
            """, [0]);
        Assert.Equal([.. Enumerable.Range(0, 32).Select(lane => (uint)((lane ^ 1) + (lane % 2 == 0 ? 100 : 0)))], results);
    }

    [Fact]
    public void LanesThatNeverComeAreADeadlock()
    {
        string message = PtxText.Fault("setp.lt.u32 %p1, %t, 16; @%p1 bar.sync 0; shfl.sync.bfly.b32 %r0, %t, 1, 31, -1;");
        Assert.Contains("Deadlock", message, StringComparison.Ordinal);
        Assert.Contains("16 threads (first: (16, 0, 0)) at line 16: shfl", message, StringComparison.Ordinal);
    }

    [Fact]
    public void AMaskHoldsTheLaneThatExecutesIt() =>
        Assert.Contains("leaves out lane 4", PtxText.Fault("shfl.sync.bfly.b32 %r0, %t, 1, 31, 0xF;"), StringComparison.Ordinal);
}
