using System.Runtime.InteropServices;

namespace QLoraGen.Native;

/// <summary>
/// The C library's allocator, from which libtorch has its tensors. It keeps large blocks that were given back, in pieces between those still
/// in use: in a training step of a large model, half as much again as all tensors together.
/// </summary>
internal static unsafe class HostAllocator
{
    private const int MmapThreshold = -3;   // M_MMAP_THRESHOLD in glibc's malloc.h
    private const int Large = 4 << 20;

    /// <summary>
    /// From now on, blocks of 4 MB and more come from the system and go back to it. That costs their pages being zeroed each time, an eighth
    /// of a step, so that it is for runs whose memory counts. Only glibc has the switch; elsewhere nothing happens.
    /// </summary>
    public static void ReturnLargeBlocks()
    {
        if (OperatingSystem.IsLinux() && NativeLibrary.TryLoad("libc.so.6", out nint libc) && NativeLibrary.TryGetExport(libc, "mallopt", out nint mallopt))
        {
            ((delegate* unmanaged[Cdecl]<int, int, int>)mallopt)(MmapThreshold, Large);
        }
    }
}
