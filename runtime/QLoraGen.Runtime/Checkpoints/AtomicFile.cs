using System.Runtime.InteropServices;

namespace QLoraGen.Checkpoints;

/// <summary>
/// Files that are there whole or not at all: whoever reads one, and whatever interrupts its writing, meets the old content or the new.
/// </summary>
public static class AtomicFile
{
    private const int BufferSize = 1 << 20;

    // Kept for the life of the process: the signal is delivered on another thread, when the write that caused it has long failed.
    private static readonly PosixSignalRegistration? FileSizeSignal = RefuseToDieOfFileSize();

    /// <summary>
    /// Writes to a new file in the same folder, flushes it to disk and renames it over <paramref name="path"/>. On any failure the new
    /// file is deleted and what was at <paramref name="path"/> remains. A symbolic link there is replaced, not followed.
    /// </summary>
    /// <param name="path">The file to make or replace; its folder must exist.</param>
    /// <param name="write">Writes the content; its stream can tell its position, and is closed for it.</param>
    /// <exception cref="QLoraException">The disk is full, a limit on the size of files is hit, the folder may not be written to.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        GC.KeepAlive(FileSizeSignal);
        string full = Path.GetFullPath(path);
        string temporary = Path.Combine(Path.GetDirectoryName(full) ?? full, $".{Path.GetFileName(full)}.{Guid.NewGuid():N}.tmp");
        try
        {
            try
            {
                using (FileStream stream = new(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, BufferSize))
                {
                    write(stream);
                    stream.Flush(flushToDisk: true);
                }
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
            throw new QLoraException($"{path}: cannot be written: there is no folder {Path.GetDirectoryName(full)}. Create it first.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new QLoraException($"{path}: cannot be written: {e.Message} What was there before is unchanged. "
                + "Free space on the disk, raise the limit on file sizes (ulimit -f), or write where you may.", e);
        }
    }

    // Past RLIMIT_FSIZE the kernel sends SIGXFSZ, which kills a process that has no handler; with one, the write fails with EFBIG.
    // The number is the same on Linux (x86, Arm) and macOS; .NET has no name for it but takes the system's own numbers.
    private static PosixSignalRegistration? RefuseToDieOfFileSize() =>
        OperatingSystem.IsWindows() ? null : PosixSignalRegistration.Create((PosixSignal)25, signal => signal.Cancel = true);
}
