namespace QLoraGen.Kernels;

/// <summary>The two products on one width of vectors: how each is cut into chunks for the threads, and which kernel takes them.</summary>
internal static unsafe class Products<TLanes, TVector, TBook>
    where TLanes : ILanes<TVector, TBook> where TVector : unmanaged where TBook : unmanaged
{
    // Weights a chunk decodes for few rows of x: enough work to be worth a handover between threads.
    private const long ChunkSize = 1 << 17;

    // Multiplications below which a second thread is not woken.
    private const long SmallWork = 1 << 18;

    /// <summary>y = x W^T + the term.</summary>
    public static void Multiply(in QuantizedWeight w, float* x, int m, float* y, in LowRank term)
    {
        if (m > MostSingles(w))
        {
            MultiplyMany(w, x, m, y, term);
        }
        else if (m > 0)
        {
            MultiplyFew(w, x, m, y, term);
        }
    }

    /// <summary>gx = gy W + the term.</summary>
    public static void MultiplyTransposed(in QuantizedWeight w, float* gy, int m, float* gx, in LowRank term)
    {
        if (m > 0)
        {
            int unit = ColumnsProduct<TLanes, TVector, TBook>.Unit;
            int band = ChunkLength(w.Cols, unit, ColumnsProduct<TLanes, TVector, TBook>.MaxBand);
            var body = new Columns(w, gy, m, gx, term, band);
            KernelThreads.For(Chunks(w.Cols, band), body, spread: w.Count * m > SmallWork);
        }
    }

    // Rows of x that the kernels made for few of them take faster than the one made for many.
    private static int MostSingles(in QuantizedWeight w) => TLanes.Count switch
    {
        16 when FusedRows<TLanes, TVector, TBook>.Takes(w) => 8,
        8 when FusedRows<TLanes, TVector, TBook>.Takes(w) => 4,
        _ => 3,
    };

    private static void MultiplyFew(in QuantizedWeight w, float* x, int m, float* y, in LowRank term)
    {
        FewKernel kernel = TLanes.Count == 16 && m <= GroupedRows.MaxSingles && SingleRow512.Takes(w) ? FewKernel.Single
            : FusedRows<TLanes, TVector, TBook>.Takes(w) ? FewKernel.Fused : FewKernel.RowBuffer;
        if (kernel != FewKernel.RowBuffer)
        {
            float* grouped = Scratch.Input(GroupedRows.Length(m, w.Cols));
            if (kernel == FewKernel.Fused)
            {
                GroupedRows.Fill(x, m, w.Cols, TLanes.Count, grouped);
            }
            for (int i = 0; i < m && kernel == FewKernel.Single; i++)
            {
                SingleRow512.Fill(x + (long)i * w.Cols, w.Cols, grouped + (long)i * w.Cols);
            }
            x = grouped;
        }
        int rows = (int)Math.Clamp(ChunkSize / w.Cols, 1, w.Rows);
        KernelThreads.For(Chunks(w.Rows, rows), new FewRows(w, x, m, y, term, rows, kernel));
    }

    private static void MultiplyMany(in QuantizedWeight w, float* x, int m, float* y, LowRank term)
    {
        int unit = RowsProduct<TLanes, TVector, TBook>.Unit;
        // With one panel the values of a few rows of W stay in the first-level cache until they are multiplied.
        int longest = m > 2 * TLanes.Count ? RowsProduct<TLanes, TVector, TBook>.MaxChunk : unit;
        int chunk = ChunkLength(w.Rows, unit, longest);
        int most = Math.Min(m, RowsProduct<TLanes, TVector, TBook>.MaxRows);
        float* packed = Scratch.Input(RowsProduct<TLanes, TVector, TBook>.PackedLength(most, w.Cols, term.Rank));
        for (int first = 0; first < m; first += most)
        {
            int rows = Math.Min(most, m - first);
            float* from = x + (long)first * w.Cols, to = y + (long)first * w.Rows;
            LowRank part = term.From(first);
            int slices = RowsProduct<TLanes, TVector, TBook>.Slices(w.Cols, term.Rank);
            KernelThreads.For(slices, new Packing(w, from, rows, part, packed), spread: (long)rows * w.Cols > SmallWork);
            KernelThreads.For(Chunks(w.Rows, chunk), new ManyRows(w, packed, rows, to, part, chunk), spread: w.Count * rows > SmallWork);
        }
    }

    // Several chunks a thread, so that all end at about the same time.
    private static int ChunkLength(int count, int unit, int most)
    {
        int length = Chunks(count, 4 * KernelThreads.Count);
        return Math.Clamp(Chunks(length, unit) * unit, unit, most);
    }

    private static int Chunks(int count, int size) => (int)(((long)count + size - 1) / size);

    private enum FewKernel
    {
        RowBuffer,
        Fused,
        Single,
    }

    private readonly struct FewRows(QuantizedWeight w, float* x, int m, float* y, LowRank term, int rows, FewKernel kernel) : IChunkBody
    {
        public void Run(int chunk)
        {
            int first = chunk * rows, last = (int)Math.Min((long)first + rows, w.Rows);
            switch (kernel)
            {
                case FewKernel.RowBuffer:
                    RowBufferProduct.Multiply(w, x, m, y, first, last, Simd.LevelOf(TLanes.Count));
                    break;
                case FewKernel.Fused:
                    FusedRows<TLanes, TVector, TBook>.Multiply(w, x, m, y, first, last);
                    break;
                default:
                    for (int i = 0; i < m; i++)
                    {
                        SingleRow512.Multiply(w, x + (long)i * w.Cols, y + (long)i * w.Rows, first, last);
                    }
                    break;
            }
            RowBufferProduct.AddTerm(term, m, y, w.Rows, first, last);
        }
    }

    private readonly struct Packing(QuantizedWeight w, float* x, int m, LowRank term, float* packed) : IChunkBody
    {
        public void Run(int chunk) => RowsProduct<TLanes, TVector, TBook>.Pack(w, x, m, term, chunk, packed);
    }

    private readonly struct ManyRows(QuantizedWeight w, float* packed, int m, float* y, LowRank term, int rows) : IChunkBody
    {
        public void Run(int chunk)
        {
            int first = chunk * rows, last = (int)Math.Min((long)first + rows, w.Rows);
            RowsProduct<TLanes, TVector, TBook>.Run(w, packed, m, term, y, first, last);
        }
    }

    private readonly struct Columns(QuantizedWeight w, float* gy, int m, float* gx, LowRank term, int band) : IChunkBody
    {
        public void Run(int chunk)
        {
            int first = chunk * band, last = (int)Math.Min((long)first + band, w.Cols);
            ColumnsProduct<TLanes, TVector, TBook>.Run(w, gy, m, term, gx, first, last);
        }
    }
}
