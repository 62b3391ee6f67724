namespace QLoraGen.Kernels;

/// <summary>Two pinned buffers a thread, grown as needed and collected with the thread: kernels allocate nothing per call.</summary>
internal static unsafe class Scratch
{
    [ThreadStatic]
    private static float[]? input;

    [ThreadStatic]
    private static float[]? row;

    /// <summary>For what the caller prepares once and every thread reads; 64-byte aligned, of unspecified content.</summary>
    public static float* Input(long count) => Floats(ref input, count);

    /// <summary>For what a thread decodes as it goes; 64-byte aligned, of unspecified content.</summary>
    public static float* Row(long count) => Floats(ref row, count);

    private static float* Floats(ref float[]? buffer, long count)
    {
        if (buffer is null || buffer.LongLength < count + AlignedPointer.Slack)
        {
            buffer = GC.AllocateUninitializedArray<float>(checked((int)(count + AlignedPointer.Slack)), pinned: true);
        }
        return AlignedPointer.Of(buffer);
    }
}
