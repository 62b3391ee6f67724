namespace QLoraGen.Kernels;

/// <summary>How many threads a kernel may use. No result depends on the number.</summary>
public static class KernelThreads
{
    /// <summary>The threads a kernel spreads over, the caller's among them; by default every processor.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Fewer than one.</exception>
    public static int Count
    {
        get => Volatile.Read(ref count);
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            Volatile.Write(ref count, value);
        }
    }

    private static int count = Environment.ProcessorCount;

    /// <summary>Runs every chunk once, on the caller's thread and on pool threads as they come, and returns when all are done.</summary>
    /// <param name="chunks">How many; each should be worth a handover to another thread.</param>
    /// <param name="body">Runs one.</param>
    /// <param name="spread">False to stay on the caller's thread.</param>
    internal static void For<TBody>(int chunks, TBody body, bool spread = true) where TBody : struct, IChunkBody
    {
        int helpers = spread ? Math.Min(Count, chunks) - 1 : 0;
        if (helpers <= 0)
        {
            for (int chunk = 0; chunk < chunks; chunk++)
            {
                body.Run(chunk);
            }
            return;
        }
        Job<TBody> job = Job<TBody>.Take(chunks, helpers, body);
        for (int helper = 0; helper < helpers; helper++)
        {
            ThreadPool.UnsafeQueueUserWorkItem(job, preferLocal: false);
        }
        job.RunToEnd();
    }

    // The caller takes chunks too and waits only for chunks that a helper has begun, so a busy pool cannot block it; a
    // helper that arrives late finds no chunk left and touches nothing.
    private sealed class Job<TBody> : IThreadPoolWorkItem where TBody : struct, IChunkBody
    {
        // The one that was used last and that no helper holds any more, so that a call allocates nothing.
        private static Job<TBody>? spare;

        private TBody body;
        private int chunks;
        private int next;
        private int done;
        private int holders;
        private Exception? failure;

        public static Job<TBody> Take(int chunks, int helpers, TBody body)
        {
            Job<TBody> job = Interlocked.Exchange(ref spare, null) ?? new Job<TBody>();
            (job.body, job.chunks, job.next, job.done, job.holders, job.failure) = (body, chunks, 0, 0, helpers + 1, null);
            return job;
        }

        public void Execute()
        {
            RunChunks();
            Release();
        }

        public void RunToEnd()
        {
            RunChunks();
            var spin = new SpinWait();
            while (Volatile.Read(ref done) < chunks)
            {
                spin.SpinOnce(sleep1Threshold: -1);
            }
            Exception? thrown = failure;
            Release();
            if (thrown is not null)
            {
                System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(thrown);
            }
        }

        private void RunChunks()
        {
            for (int chunk; (chunk = Interlocked.Increment(ref next) - 1) < chunks;)
            {
                try
                {
                    body.Run(chunk);
                }
                catch (Exception exception)
                {
                    Interlocked.CompareExchange(ref failure, exception, null);
                }
                finally
                {
                    Interlocked.Increment(ref done);
                }
            }
        }

        private void Release()
        {
            if (Interlocked.Decrement(ref holders) == 0)
            {
                body = default;
                Volatile.Write(ref spare, this);
            }
        }
    }
}

/// <summary>Work that can be cut into chunks which do not depend on one another.</summary>
internal interface IChunkBody
{
    /// <summary>Does one chunk; may run on any thread, beside others.</summary>
    void Run(int chunk);
}
