using System.IO.Hashing;
using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;

namespace QLoraGen;

/// <summary>The memory that a frozen model lies in: allocated, or a file's pages mapped.</summary>
public sealed unsafe class FrozenRegion : IDisposable
{
    private readonly MemoryMappedFile? file;
    private readonly MemoryMappedViewAccessor? view;

    private FrozenRegion(byte* pointer, long length, MemoryMappedFile? file, MemoryMappedViewAccessor? view)
    {
        Pointer = pointer;
        (Length, this.file, this.view) = (length, file, view);
    }

    /// <summary>First byte, at a multiple of 64.</summary>
    public byte* Pointer { get; private set; }

    /// <summary>Bytes.</summary>
    public long Length { get; }

    /// <summary>Zeroed memory of the process.</summary>
    public static FrozenRegion Allocate(long length)
    {
        byte* memory = (byte*)NativeMemory.AlignedAlloc((nuint)Math.Max(1, length), QuantSlot.Alignment);
        NativeMemory.Clear(memory, (nuint)length);
        return new FrozenRegion(memory, length, null, null);
    }

    /// <summary>A part of a file; a read-only mapping makes any write a fault.</summary>
    /// <param name="stream">The file, open; may be closed afterwards.</param>
    /// <param name="offset">First byte, a multiple of 64.</param>
    /// <param name="length">Bytes.</param>
    /// <param name="writable">Whether writes reach the file.</param>
    public static FrozenRegion Map(FileStream stream, long offset, long length, bool writable)
    {
        MemoryMappedFileAccess access = writable ? MemoryMappedFileAccess.ReadWrite : MemoryMappedFileAccess.Read;
        MemoryMappedFile file = MemoryMappedFile.CreateFromFile(stream, null, 0, access, HandleInheritability.None, leaveOpen: false);
        MemoryMappedViewAccessor view = file.CreateViewAccessor(offset, length, access);
        byte* pointer = null;
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref pointer);
        return new FrozenRegion(pointer + view.PointerOffset, length, file, view);
    }

    /// <summary>The same content in memory of the process, where it may be changed; this one is given up.</summary>
    internal FrozenRegion ToMemory()
    {
        if (view is null)
        {
            return this;
        }
        FrozenRegion own = Allocate(Length);
        Buffer.MemoryCopy(Pointer, own.Pointer, Length, Length);
        Dispose();
        return own;
    }

    /// <summary>XxHash128 of the content.</summary>
    public UInt128 Hash()
    {
        const int Step = 1 << 24;
        var hash = new XxHash128();
        for (long done = 0; done < Length; done += Step)
        {
            hash.Append(new ReadOnlySpan<byte>(Pointer + done, (int)Math.Min(Step, Length - done)));
        }
        return hash.GetCurrentHashAsUInt128();
    }

    /// <summary>Writes changed pages of a writable mapping to the file.</summary>
    public void Flush() => view?.Flush();

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Pointer is null)
        {
            return;
        }
        if (view is null)
        {
            NativeMemory.AlignedFree(Pointer);
        }
        else
        {
            view.SafeMemoryMappedViewHandle.ReleasePointer();
            view.Dispose();
            file!.Dispose();
        }
        Pointer = null;
    }
}
