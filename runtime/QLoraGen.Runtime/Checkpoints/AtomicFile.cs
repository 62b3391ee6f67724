namespace QLoraGen.Checkpoints;

/// <summary>
/// Files that are there whole or not at all: whoever reads one, and whatever interrupts its writing, meets the old content or the new.
/// </summary>
public static class AtomicFile
{
    private const int BufferSize = 1 << 20;

    /// <summary>
    /// Writes to a new file in the same folder, flushes it to disk and renames it over <paramref name="path"/>. On any failure the
    /// new file is deleted and what was at <paramref name="path"/> remains. A symbolic link there is replaced, not followed.
    /// </summary>
    /// <param name="path">The file to make or replace; its folder must exist.</param>
    /// <param name="write">Writes the content to a buffered stream, which it may close or leave open.</param>
    /// <exception cref="QLoraException">The disk is full, a limit on file sizes is hit, or the folder may not be written to.</exception>
    public static void Write(string path, Action<Stream> write) => Write([(path, write)]);

    /// <summary>Writes files that belong together: the first one is renamed into its place when all are whole and on disk.</summary>
    /// <param name="files">The path of each, and what writes its content, as in <see cref="Write(string, Action{Stream})"/>.</param>
    /// <exception cref="QLoraException">As there. Between two renamings nothing is written that could find no room.</exception>
    public static void Write(IReadOnlyList<(string Path, Action<Stream> Write)> files)
    {
        string[] temporary = [.. files.Select(static file => Path.Combine(FolderOf(file.Path), $".{Guid.NewGuid():N}.tmp"))];
        string path = files[0].Path;   // the one that an error is about
        try
        {
            try
            {
                foreach ((int i, (string Path, Action<Stream> Write) file) in files.Index())
                {
                    path = file.Path;
                    WriteAndFlush(temporary[i], file.Write);
                }
                foreach ((int i, (string Path, Action<Stream> Write) file) in files.Index())
                {
                    path = file.Path;
                    File.Move(temporary[i], Path.GetFullPath(path), overwrite: true);
                }
            }
            catch
            {
                Array.ForEach(temporary, File.Delete);
                throw;
            }
        }
        catch (DirectoryNotFoundException e)
        {
            throw new QLoraException($"{path}: cannot be written: there is no folder {FolderOf(path)}. Create it first.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new QLoraException($"{path}: cannot be written: {e.Message} What was there before is unchanged. "
                + "Free space on the disk, raise the limit on file sizes (ulimit -f), or write to a folder that you may write to.", e);
        }
    }

    private static string FolderOf(string path) => Path.GetDirectoryName(Path.GetFullPath(path))
        ?? throw new QLoraException($"{path}: is the root folder. Give the path of a file.");

    /// <summary>Writes a new file and flushes it to disk.</summary>
    internal static void WriteAndFlush(string path, Action<Stream> write)
    {
        // Buffered outside the FileStream: one that failed with bytes in its own buffer fails again, with another error, when closed.
        using FileStream file = new(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
        BufferedStream buffered = new(FileSizeLimit.Guard(file), BufferSize);
        write(buffered);
        if (buffered.CanWrite) // closed by its user, it is flushed
        {
            buffered.Flush();
        }
        file.Flush(flushToDisk: true);
    }
}
