using QLoraGen.Checkpoints;
using QLoraGen.Testing;

namespace QLoraGen.Runtime.Tests.Checkpoints;

public sealed class AtomicFolderTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    private string Out => folder.File("above", "out");

    [Fact]
    public void All_files_are_there_and_nothing_else()
    {
        AtomicFolder.Write(Out, [("a", static stream => stream.Write("one"u8)), ("sub/b", static stream => stream.Write("two"u8))]);

        Assert.Equal("one", File.ReadAllText(Path.Combine(Out, "a")));
        Assert.Equal("two", File.ReadAllText(Path.Combine(Out, "sub", "b")));
        Assert.Equal([Out], Directory.GetFileSystemEntries(folder.File("above")));
    }

    [Fact]
    public void Nobody_sees_the_folder_before_it_is_whole()
    {
        AtomicFolder.Write(Out, [("a", static stream => stream.Write("one"u8)), ("b", _ => Assert.False(Directory.Exists(Out)))]);

        Assert.Equal(2, Directory.GetFiles(Out).Length);
    }

    [Fact]
    public void A_failure_leaves_nothing_behind()
    {
        Assert.Throws<InvalidCastException>(() => AtomicFolder.Write(
            Out, [("a", static stream => stream.Write("one"u8)), ("b", static _ => throw new InvalidCastException())]));

        Assert.Empty(Directory.GetFileSystemEntries(folder.File("above")));
    }

    [Fact]
    public void A_disk_error_is_told_with_the_folder_and_the_reason()
    {
        string message = Assert.Throws<QLoraException>(() => AtomicFolder.Write(
            Out, [("a", static _ => throw new IOException("No space left on device."))])).Message;

        Assert.Contains(Out, message);
        Assert.Contains("No space left on device", message);
        Assert.Empty(Directory.GetFileSystemEntries(folder.File("above")));
    }

    [Fact]
    public void An_empty_folder_is_filled()
    {
        Directory.CreateDirectory(Out);

        AtomicFolder.Write(Out + Path.DirectorySeparatorChar, [("a", static stream => stream.Write("one"u8))]);

        Assert.Equal([Path.Combine(Out, "a")], Directory.GetFiles(Out));
    }

    [Theory]
    [InlineData("above/out")]
    [InlineData("above/out/file")]
    public void What_is_there_already_is_not_written_over(string taken)
    {
        folder.Write(taken, "mine");

        string message = Assert.Throws<QLoraException>(() => AtomicFolder.Write(
            Out, [("a", static stream => Assert.Fail("nothing is written"))])).Message;

        Assert.Contains(Out, message);
        Assert.Contains("there already", message);
        Assert.Equal("mine", File.ReadAllText(folder.File(taken)));
    }

    [Fact]
    public void A_folder_below_a_file_is_refused_by_the_file()
    {
        string file = folder.Write("above", "mine");

        Assert.Contains(file, Assert.Throws<QLoraException>(() => AtomicFolder.RequireFree(Path.Combine(file, "b", "c"))).Message);
    }
}
