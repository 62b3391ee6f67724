using QLoraGen.Checkpoints;
using QLoraGen.Testing;

namespace QLoraGen.Runtime.Tests.Checkpoints;

public sealed class AtomicFileTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void The_new_content_replaces_the_old()
    {
        string path = folder.Write("file", "old and longer");

        AtomicFile.Write(path, stream => stream.Write("new"u8));

        Assert.Equal("new", File.ReadAllText(path));
        OnlyTheFileIsThere();
    }

    [Fact]
    public void A_writer_may_close_the_stream()
    {
        AtomicFile.Write(folder.File("file"), stream =>
        {
            using StreamWriter writer = new(stream);
            writer.Write("text");
        });

        Assert.Equal("text", File.ReadAllText(folder.File("file")));
    }

    [Fact]
    public void Nobody_sees_the_file_before_it_is_whole()
    {
        string path = folder.Write("file", "old");

        AtomicFile.Write(path, stream =>
        {
            stream.Write(new byte[3 << 20]);
            Assert.Equal("old", File.ReadAllText(path));
        });

        Assert.Equal(3 << 20, new FileInfo(path).Length);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3 << 20)]
    public void A_failure_leaves_the_old_content_and_no_other_file(int written)
    {
        string path = folder.Write("file", "old");

        Assert.Throws<InvalidCastException>(() => AtomicFile.Write(path, stream =>
        {
            stream.Write(new byte[written]);
            throw new InvalidCastException();
        }));

        Assert.Equal("old", File.ReadAllText(path));
        OnlyTheFileIsThere();
    }

    [Fact]
    public void A_disk_error_is_told_with_the_path_and_the_reason()
    {
        string path = folder.Write("file", "old");

        string message = Assert.Throws<QLoraException>(
            () => AtomicFile.Write(path, _ => throw new IOException("No space left on device."))).Message;

        Assert.Contains(path, message);
        Assert.Contains("No space left on device", message);
        Assert.Equal("old", File.ReadAllText(path));
        OnlyTheFileIsThere();
    }

    [Fact]
    public void A_missing_folder_is_named() => Assert.Contains(
        folder.File("missing"),
        Assert.Throws<QLoraException>(() => AtomicFile.Write(folder.File("missing", "file"), _ => { })).Message);

    [Fact]
    public void A_folder_is_not_replaced_by_a_file()
    {
        Directory.CreateDirectory(folder.File("file"));

        Assert.Throws<QLoraException>(() => AtomicFile.Write(folder.File("file"), _ => { }));

        OnlyTheFileIsThere();
    }

    private void OnlyTheFileIsThere() => Assert.Equal([folder.File("file")], Directory.GetFileSystemEntries(folder.Path));
}
