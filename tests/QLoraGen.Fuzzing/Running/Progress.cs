using System.IO.MemoryMappedFiles;

namespace QLoraGen.Fuzzing.Running;

/// <summary>How far a worker is, in a file that both processes map: it says where a worker was that is no more.</summary>
internal sealed class Progress : IDisposable
{
    private const int Fields = 8;
    private readonly MemoryMappedFile file;
    private readonly MemoryMappedViewAccessor view;

    public Progress(string path)
    {
        file = MemoryMappedFile.CreateFromFile(path, FileMode.OpenOrCreate, null, Fields * sizeof(long));
        view = file.CreateViewAccessor();
    }

    /// <summary>The case that is being read.</summary>
    public long Index { get => this[0]; set => this[0] = value; }

    /// <summary>Cases that were begun.</summary>
    public long Begun { get => this[1]; set => this[1] = value; }

    /// <summary>Cases whose files were read.</summary>
    public long Read { get => this[2]; set => this[2] = value; }

    /// <summary>Cases that were refused in words.</summary>
    public long Refused { get => this[3]; set => this[3] = value; }

    /// <summary>The longest case, in microseconds.</summary>
    public long Slowest { get => this[4]; set => this[4] = value; }

    /// <summary>The most managed bytes that one took.</summary>
    public long MostAllocated { get => this[5]; set => this[5] = value; }

    public void Dispose()
    {
        view.Dispose();
        file.Dispose();
    }

    private long this[int field]
    {
        get => view.ReadInt64(field * sizeof(long));
        set => view.Write(field * sizeof(long), value);
    }
}
