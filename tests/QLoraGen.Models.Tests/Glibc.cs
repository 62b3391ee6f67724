using System.Runtime.InteropServices;
using QLoraGen.Testing;

namespace QLoraGen.Models.Tests;

/// <summary>What this process has allocated natively and not freed, libtorch's tensors among it.</summary>
internal static partial class Glibc
{
    public static bool CanCount { get; } = OperatingSystem.IsLinux() && NativeLibrary.TryLoad("libc.so.6", out nint libc)
        && NativeLibrary.TryGetExport(libc, "mallinfo2", out _);

    public static long AllocatedBytes
    {
        get
        {
            Mallinfo2 info = mallinfo2();
            return (long)(info.Uordblks + info.Hblkhd);
        }
    }

    [LibraryImport("libc.so.6")]
    private static partial Mallinfo2 mallinfo2();

    [StructLayout(LayoutKind.Sequential)]
    private struct Mallinfo2
    {
        public nuint Arena, Ordblks, Smblks, Hblks, Hblkhd, Usmblks, Fsmblks, Uordblks, Fordblks, Keepcost;
    }
}

/// <summary>A fact about shared data and native memory.</summary>
public sealed class GlibcFactAttribute : FactAttribute
{
    public GlibcFactAttribute() => Skip = !Glibc.CanCount ? "needs glibc 2.33 or later" : SharedData.Root is null ? "needs ../shared/data" : null;
}
