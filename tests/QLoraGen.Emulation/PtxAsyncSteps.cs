namespace QLoraGen.Emulation;

/// <summary>cp.async and the groups that it is waited for by.</summary>
internal static class PtxAsyncSteps
{
    public static PtxStep Copy(PtxDecoding decoding)
    {
        decoding.Require("async");
        if (decoding.Take("commit_group"))
            return thread => thread.AsyncCopies.Commit();
        if (decoding.Take("wait_all"))
            return thread => thread.AsyncCopies.WaitAll(thread);
        if (decoding.Take("wait_group"))
        {
            int pending = decoding.Source(0, PtxType.Of("u32"));
            return thread => thread.AsyncCopies.Wait(thread, thread.Get<int>(pending));
        }
        return Issue(decoding);
    }

    private static PtxStep Issue(PtxDecoding decoding)
    {
        bool whole = decoding.TakeOne("cg", "ca") == "cg";
        decoding.TakeOne("shared", "shared::cta");
        decoding.Require("global");
        bool hinted = decoding.Statement.Opcode.Contains("cache_hint", StringComparison.Ordinal);
        decoding.TakeCacheHints();
        var word = PtxType.Of("u32");
        var (shared, global) = (decoding.Address(0), decoding.Address(1));
        int size = decoding.Source(2, word);
        int last = decoding.Count;
        if (hinted)
            decoding.Source(--last, PtxType.Of("b64"));
        int source = last > 3 ? decoding.Source(3, word) : size;
        return thread =>
        {
            int bytes = thread.Get<int>(size);
            if (bytes != 16 && (whole || bytes is not (4 or 8)))
                throw new PtxFault($"cp.async does not copy {bytes} bytes.");
            int sourceBytes = thread.Get<int>(source);
            if (sourceBytes < 0 || sourceBytes > bytes)
                throw new PtxFault($"cp.async of {bytes} bytes reads {sourceBytes}.");
            thread.AsyncCopies.Issue(thread, new(shared(thread), global(thread), bytes, sourceBytes));
        };
    }
}
