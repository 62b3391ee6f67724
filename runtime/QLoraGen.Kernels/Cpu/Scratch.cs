namespace QLoraGen.Kernels;

/// <summary>One pinned buffer a thread, grown as needed and collected with the thread: kernels allocate nothing per call.</summary>
internal static unsafe class Scratch
{
    [ThreadStatic]
    private static float[]? buffer;

    /// <summary>The calling thread's buffer, 64-byte aligned, of unspecified content; the next call on this thread reuses it.</summary>
    public static float* Floats(long count)
    {
        if (buffer is null || buffer.LongLength < count + AlignedPointer.Slack)
        {
            buffer = GC.AllocateUninitializedArray<float>(checked((int)(count + AlignedPointer.Slack)), pinned: true);
        }
        return AlignedPointer.Of(buffer);
    }
}
