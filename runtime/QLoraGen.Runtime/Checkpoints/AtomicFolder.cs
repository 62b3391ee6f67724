namespace QLoraGen.Checkpoints;

/// <summary>New folders that are there whole or not at all, whatever interrupts their writing.</summary>
public static class AtomicFolder
{
    /// <summary>Makes sure that a folder can be made later, and leaves everything as it was.</summary>
    /// <exception cref="QLoraException">Something is there already (an empty folder may be), or its disk may not be written to.</exception>
    public static void RequireFree(string folder)
    {
        string full = Path.GetFullPath(folder);
        if (File.Exists(full) || (Directory.Exists(full) && Directory.EnumerateFileSystemEntries(full).Any()))
        {
            throw new QLoraException($"{folder}: is there already, and nothing is written over it. Choose another place, or remove it first.");
        }
        string? place = Path.GetDirectoryName(full);
        while (place is not null && !Directory.Exists(place))
        {
            place = File.Exists(place)
                ? throw new QLoraException($"{folder}: the folder cannot be made: {place} is a file. Choose another place.")
                : Path.GetDirectoryName(place);
        }
        try
        {
            using var probe = new FileStream(
                Path.Combine(place ?? full, $".{Guid.NewGuid():N}.tmp"), FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new QLoraException($"{folder}: cannot be written: {e.Message} Choose another place.", e);
        }
    }

    /// <summary>
    /// Fills a new folder beside <paramref name="folder"/> and renames it when all of its files are on disk. On any failure it is
    /// deleted; what only the system's own end of the process leaves behind is a folder named <c>.NAME.*.tmp</c>.
    /// </summary>
    /// <param name="folder">The folder to make; one that is there must be empty. Folders above it are made.</param>
    /// <param name="files">The path of each file below the folder, and what writes its content.</param>
    /// <exception cref="QLoraException">The disk is full, a limit on file sizes is hit, or something is there already.</exception>
    public static void Write(string folder, IEnumerable<(string Name, Action<Stream> Write)> files)
    {
        RequireFree(folder);
        string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        string temporary = Path.Combine(Path.GetDirectoryName(full)!, $".{Path.GetFileName(full)}.{Guid.NewGuid():N}.tmp");
        try
        {
            try
            {
                foreach ((string name, Action<Stream> write) in files)
                {
                    string path = Path.Combine(temporary, name);
                    Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                    AtomicFile.WriteAndFlush(path, write);
                }
                if (Directory.Exists(full))
                {
                    Directory.Delete(full);   // empty, or this fails
                }
                Directory.Move(temporary, full);
            }
            catch
            {
                if (Directory.Exists(temporary))
                {
                    Directory.Delete(temporary, recursive: true);
                }
                throw;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new QLoraException($"{folder}: cannot be written: {e.Message} Nothing is left of it. "
                + "Free space on the disk, raise the limit on file sizes (ulimit -f), or write to a place that you may write to.", e);
        }
    }
}
