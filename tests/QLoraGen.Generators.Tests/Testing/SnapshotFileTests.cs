using QLoraGen.Testing;
using Xunit.Sdk;

namespace QLoraGen.Generators.Tests.Testing;

/// <summary>The built-in comparer of snapshots.</summary>
public sealed class SnapshotFileTests : IDisposable
{
    private readonly TempFolder folder = new();
    private readonly SnapshotFile snapshot;

    public SnapshotFileTests() => snapshot = new SnapshotFile(folder.Path, "Class.Method", "txt");

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task The_accepted_text_passes_and_leaves_nothing_behind()
    {
        folder.Write("Class.Method.verified.txt", "one\ntwo\n");
        folder.Write("Class.Method.received.txt", "of an earlier failure");
        await snapshot.Match("one\ntwo\n", accept: false);
        Assert.False(File.Exists(snapshot.Received));
    }

    [Fact]
    public async Task How_lines_end_and_a_byte_order_mark_do_not_matter()
    {
        folder.Write("Class.Method.verified.txt", "\uFEFFone\r\ntwo\r\n");
        await snapshot.Match("one\ntwo\n", accept: false);
    }

    [Fact]
    public async Task Another_text_fails_at_its_first_line_that_differs()
    {
        folder.Write("Class.Method.verified.txt", "one\ntwo\nthree\n");
        XunitException failure = await Assert.ThrowsAnyAsync<XunitException>(() => snapshot.Match("one\n2\n3\n", accept: false));
        Assert.Contains("Class.Method.verified.txt differs at line 2:\n  verified: \"two\"\n  received: \"2\"\n", failure.Message, StringComparison.Ordinal);
        Assert.Equal("one\n2\n3\n", File.ReadAllText(snapshot.Received));
        Assert.Equal("one\ntwo\nthree\n", File.ReadAllText(snapshot.Verified));
    }

    [Fact]
    public async Task A_text_that_stops_early_fails_where_it_stops()
    {
        folder.Write("Class.Method.verified.txt", "one\ntwo");
        XunitException failure = await Assert.ThrowsAnyAsync<XunitException>(() => snapshot.Match("one", accept: false));
        Assert.Contains("line 2:\n  verified: \"two\"\n  received: (the end)", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_file_fails_and_is_not_written()
    {
        XunitException failure = await Assert.ThrowsAnyAsync<XunitException>(() => snapshot.Match("one", accept: false));
        Assert.Contains("does not exist", failure.Message, StringComparison.Ordinal);
        Assert.Contains("QLORAGEN_ACCEPT_SNAPSHOTS=1", failure.Message, StringComparison.Ordinal);
        Assert.True(File.Exists(snapshot.Received));
        Assert.False(File.Exists(snapshot.Verified));
    }

    [Fact]
    public async Task Accepting_writes_the_text_with_line_feeds_and_clears_the_failure()
    {
        folder.Write("Class.Method.received.txt", "of an earlier failure");
        await snapshot.Match("one\r\ntwo", accept: true);
        Assert.Equal("one\ntwo"u8.ToArray(), File.ReadAllBytes(snapshot.Verified));
        Assert.False(File.Exists(snapshot.Received));
    }
}
