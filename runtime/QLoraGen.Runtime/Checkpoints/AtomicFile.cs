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
    public static void Write(string path, Action<Stream> write)
    {
        string full = Path.GetFullPath(path);
        string folder = Path.GetDirectoryName(full)
            ?? throw new QLoraException($"{path}: is the root folder. Give the path of a file.");
        string temporary = Path.Combine(folder, $".{Guid.NewGuid():N}.tmp");
        try
        {
            try
            {
                WriteAndFlush(temporary, write);
                File.Move(temporary, full, overwrite: true);
            }
            catch
            {
                File.Delete(temporary);
                throw;
            }
        }
        catch (DirectoryNotFoundException e)
        {
            throw new QLoraException($"{path}: cannot be written: there is no folder {folder}. Create it first.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new QLoraException($"{path}: cannot be written: {e.Message} What was there before is unchanged. "
                + "Free space on the disk, raise the limit on file sizes (ulimit -f), or write to a folder that you may write to.", e);
        }
    }

    private static void WriteAndFlush(string temporary, Action<Stream> write)
    {
        // Buffered outside the FileStream: one that failed with bytes in its own buffer fails again, with another error, when closed.
        using FileStream file = new(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
        BufferedStream buffered = new(FileSizeLimit.Guard(file), BufferSize);
        write(buffered);
        if (buffered.CanWrite) // closed by its user, it is flushed
        {
            buffered.Flush();
        }
        file.Flush(flushToDisk: true);
    }
}
