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
        var job = new Job<TBody>(chunks, body);
        for (int helper = 0; helper < helpers; helper++)
        {
            ThreadPool.UnsafeQueueUserWorkItem(job, preferLocal: false);
        }
        job.Execute();
        job.Wait();
    }

    // The caller takes chunks too and waits only for chunks that a helper has begun, so a busy pool cannot block it; a
    // helper that arrives late finds no chunk left and touches nothing.
    private sealed class Job<TBody>(int chunks, TBody body) : IThreadPoolWorkItem where TBody : struct, IChunkBody
    {
        private int next;
        private int done;
        private Exception? failure;

        public void Execute()
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

        public void Wait()
        {
            var spin = new SpinWait();
            while (Volatile.Read(ref done) < chunks)
            {
                spin.SpinOnce(sleep1Threshold: -1);
            }
            if (failure is not null)
            {
                System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
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
