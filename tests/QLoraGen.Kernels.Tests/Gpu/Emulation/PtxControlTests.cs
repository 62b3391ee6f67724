using QLoraGen.Emulation;

namespace QLoraGen.Kernels.Tests.Gpu.Emulation;

public sealed class PtxControlTests
{
    [Theory]
    [InlineData("wgmma.fence.sync.aligned;", "'wgmma.fence.sync.aligned' is not known")]
    [InlineData("add.rz.f32 %f0, %f1, %f2;", "'.rz' is not known for 'add'")]
    [InlineData("add.u32 %r0, %r1, %r2, %r3;", "Operand 4 is not expected")]
    [InlineData("add.u32 %r0, %r1, %q9;", "'%q9' is not declared")]
    [InlineData("add.u32 %r0, %r1, nothing;", "is no source")]
    [InlineData("bra NOWHERE;", "no label 'NOWHERE'")]
    [InlineData(".reg .b32 %r0;", "'%r0' is declared twice")]
    [InlineData("mov.u64 %x0, %clock64;", "'%clock64' is not declared, or is a special one")]
    [InlineData("prmt.b32.f4e %r0, %r1, %r2, %r3;", "'.f4e' is not known for 'prmt'")]
    public void WhatIsNotKnownIsAnErrorWithItsLine(string body, string expected)
    {
        string message = PtxText.Fault(body);
        Assert.Contains(expected, message, StringComparison.Ordinal);
        Assert.Contains("line 16: ", message, StringComparison.Ordinal);
    }

    [Fact]
    public void ABarrierThatNotAllReachIsADeadlock()
    {
        string message = PtxText.Fault("setp.lt.u32 %p1, %t, 32; LOOP: @%p1 bra LOOP2; bar.sync 0; bra END; LOOP2: bar.sync 1; END:", 64);
        Assert.Contains("Deadlock in block (0, 0, 0)", message, StringComparison.Ordinal);
        Assert.Contains("warp 0, 32 threads (first: (0, 0, 0)) at line 16: bar.sync 1 ;", message, StringComparison.Ordinal);
        Assert.Contains("warp 1, 32 threads (first: (32, 0, 0)) at line 16: bar.sync 0 ;", message, StringComparison.Ordinal);
    }

    [Fact]
    public void ABarrierMustNotSplitAWarp()
    {
        string message = PtxText.Fault("setp.lt.u32 %p1, %t, 5; @%p1 bra FEW; bar.sync 0; bra END; FEW: bar.sync 0; END:");
        Assert.Contains("splits a warp", message, StringComparison.Ordinal);
    }

    [Fact]
    public void AnEndlessLoopEnds()
    {
        var machine = new PtxMachine(PtxText.Kernel("LOOP: bra LOOP;")) { InstructionLimit = 1000 };
        var fault = Assert.Throws<PtxFault>(() => machine.Launch("test", 1, 1, 0, 0L, 0L));
        Assert.Contains("endless", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void NamedBarriersAreForTheirCount()
    {
        uint[] results = PtxText.Run(
            """
            .shared .align 4 .u32 handed;
            setp.lt.u32 %p1, %t, 32;
            @%p1 bra CONSUMER;
            setp.eq.u32 %p2, %t, 40;
            @%p2 st.shared.u32 [handed], 77;
            bar.arrive 1, 64;
            bra END;
            CONSUMER:
            bar.sync 1, 64;
            ld.shared.u32 %r0, [handed];
            mul.wide.u32 %x0, %t, 4;
            add.u64 %x1, %b, %x0;
            st.global.u32 [%x1], %r0;
            END:
            """, [0], 64);
        Assert.Equal(Enumerable.Repeat(77u, 32).Concat(Enumerable.Repeat(0u, 32)), results);
    }

    [Fact]
    public void ABranchIsChosenFromAListByIndex()
    {
        const string Body =
            """
            LIST: .branchtargets A, B;
            brx.idx %r1, LIST;
            A: mov.u32 %r0, 10;
            bra END;
            B: mov.u32 %r0, 20;
            END:
            """;
        Assert.Equal(10u, PtxText.Compute(Body, 0));
        Assert.Equal(20u, PtxText.Compute(Body, 1));
        Assert.Contains("beyond the 2 branch targets", Assert.Throws<PtxFault>(() => PtxText.Compute(Body, 2)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void NamesInBracesHideThoseOutside() =>
        Assert.Equal(7u, PtxText.Compute(
            ".reg .u32 s; mov.u32 s, 7; { .reg .u32 s; mov.u32 s, 8; } { .reg .u32 s; mov.u32 s, 9; } mov.u32 %r0, s;", 0));

    [Fact]
    public void ArgumentsAreCheckedAgainstTheParameters()
    {
        var machine = new PtxMachine(PtxText.Kernel(""));
        Assert.Contains("2 parameters; 1 arguments", Fault(0L), StringComparison.Ordinal);
        Assert.Contains("has 8 bytes; the argument 1 has 4", Fault(0L, 1), StringComparison.Ordinal);

        string Fault(params object[] arguments) => Assert.Throws<PtxFault>(() => machine.Launch("test", 1, 1, 0, arguments)).Message;
    }
}
