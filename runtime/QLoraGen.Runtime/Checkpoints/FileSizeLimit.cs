using System.Runtime.InteropServices;

namespace QLoraGen.Checkpoints;

/// <summary>
/// Makes the limit on the size of files (RLIMIT_FSIZE, <c>ulimit -f</c>) an IOException, which by itself it is not: past it the kernel
/// sends SIGXFSZ, of which a .NET process dies; and where it survives, .NET reports the failed write (EFBIG) as an
/// ArgumentOutOfRangeException.
/// </summary>
internal static class FileSizeLimit
{
    // Linux (x86, Arm) and macOS agree on the number; .NET has no name for the signal, but takes the system's numbers.
    private const int SIGXFSZ = 25;

    // For the life of the process: the signal is delivered on another thread, when the write that caused it has long failed.
    private static readonly PosixSignalRegistration? Survival =
        OperatingSystem.IsWindows() ? null : PosixSignalRegistration.Create((PosixSignal)SIGXFSZ, signal => signal.Cancel = true);

    /// <summary>A new file of zeros whose space is reserved, so that writing to its mapped pages cannot fail.</summary>
    /// <exception cref="IOException">The disk is full, the limit is passed, or the folder may not be written to.</exception>
    public static FileStream Reserve(string path, long length)
    {
        GC.KeepAlive(Survival);
        FileStream? file = null;
        try
        {
            file = new FileStream(path, new FileStreamOptions
            {
                Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Share = FileShare.ReadWrite | FileShare.Delete,
                PreallocationSize = length,
            });
            file.SetLength(length);
            return file;
        }
        catch (ArgumentOutOfRangeException e)
        {
            file?.Dispose();
            throw PastTheLimit(e);
        }
        catch
        {
            file?.Dispose();
            throw;
        }
    }

    /// <summary>A view of <paramref name="file"/> to write through. Closing it leaves the file open.</summary>
    public static Stream Guard(FileStream file)
    {
        GC.KeepAlive(Survival);
        return new GuardedStream(file);
    }

    private static IOException PastTheLimit(Exception e) => new("The file grew past the limit on the size of files (ulimit -f).", e);

    private sealed class GuardedStream(FileStream file) : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => file.CanSeek;

        public override bool CanWrite => true;

        public override long Length => file.Length;

        public override long Position
        {
            get => file.Position;
            set => file.Position = value;
        }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            try
            {
                file.Write(buffer);
            }
            catch (ArgumentOutOfRangeException e)
            {
                throw PastTheLimit(e);
            }
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Flush() => file.Flush();

        public override long Seek(long offset, SeekOrigin origin) => file.Seek(offset, origin);

        public override void SetLength(long value) => throw new NotSupportedException("the file grows as it is written");

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("the file is only written");
    }
}
