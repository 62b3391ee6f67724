using System.Runtime.CompilerServices;

namespace QLoraGen.Emulation;

/// <summary>
/// ldmatrix and mma: all 32 lanes hold parts of small matrices. Lane l stands in group l / 4, as thread l % 4 of it; a register holds two
/// neighbouring elements, the lower half first (PTX ISA, "Matrix Fragments for mma.m16n8k16").
/// </summary>
internal static class PtxMatrixSteps
{
    private const int Rows = 16;
    private const int Columns = 8;
    private const int RowBytes = 16;

    private static readonly PtxType word = PtxType.Of("b32");

    /// <summary>Each matrix is 8 rows of 16 bytes whose addresses come from eight lanes, matrix after matrix.</summary>
    public static PtxCollective Load(PtxDecoding decoding)
    {
        decoding.Require("sync");
        decoding.Require("aligned");
        decoding.Require("m8n8");
        int count = decoding.TakeOne("x1", "x2", "x4")[1] - '0';
        bool transposed = decoding.Take("trans");
        var space = PtxMemorySteps.TakeSpace(decoding);
        if (space is not (PtxSpace.Shared or PtxSpace.Generic) || decoding.TakeType().Name != "b16")
            throw new PtxFault("ldmatrix loads b16 from shared memory.");
        int[] destinations = decoding.Group(0, word, count);
        var address = decoding.Address(1);
        return new((warp, _) =>
        {
            var rows = new ushort[count * 8, 8];
            for (int row = 0; row < count * 8; row++)
            {
                ref byte first = ref RowOf(warp.Threads[row], space, address);
                for (int column = 0; column < 8; column++)
                    rows[row, column] = Unsafe.ReadUnaligned<ushort>(ref Unsafe.Add(ref first, 2 * column));
            }
            foreach (var thread in warp.Threads)
            {
                var (group, pair) = (thread.Lane / 4, thread.Lane % 4 * 2);
                for (int matrix = 0; matrix < count; matrix++)
                {
                    int top = matrix * 8;
                    uint value = transposed
                        ? rows[top + pair, group] | (uint)rows[top + pair + 1, group] << 16
                        : rows[top + group, pair] | (uint)rows[top + group, pair + 1] << 16;
                    thread.Set(destinations[matrix], value);
                }
            }
        });
    }

    private static ref byte RowOf(PtxThread thread, PtxSpace space, Func<PtxThread, ulong> address) =>
        ref thread.At(space, address(thread), RowBytes, PtxAccess.Read);

    /// <summary>D = A B + C with 16-bit factors and f32 sums; the products of one instruction are summed in double.</summary>
    public static PtxCollective MultiplyAdd(PtxDecoding decoding)
    {
        decoding.Require("sync");
        decoding.Require("aligned");
        int depth = decoding.TakeOne("m16n8k16", "m16n8k8") == "m16n8k16" ? 16 : 8;
        decoding.Require("row");
        decoding.Require("col");
        var (typeD, typeA, typeB, typeC) = (decoding.TakeType(), decoding.TakeType(), decoding.TakeType(), decoding.TakeType());
        if (typeD.Name != "f32" || typeC.Name != "f32" || typeA != typeB || typeA.Name is not ("f16" or "bf16"))
            throw new PtxFault("mma is known with factors of f16 or bf16 and sums of f32.");
        int[] d = decoding.Group(0, typeD, 4);
        int[] a = decoding.Group(1, word, depth / 4);
        int[] b = decoding.Group(2, word, depth / 8);
        int[] c = decoding.Group(3, typeC, 4);
        var decode = PtxHalfFormat.Of(typeA).Decode;
        return new((warp, _) => MultiplyAdd(warp, depth, d, a, b, c, decode));
    }

    /// <summary>The right factor is gathered column after column, so that both factors are read in a row.</summary>
    private static void MultiplyAdd(PtxWarp warp, int depth, int[] d, int[] a, int[] b, int[] c, Func<ushort, float> decode)
    {
        Span<double> left = stackalloc double[Rows * depth];
        Span<double> right = stackalloc double[Columns * depth];
        foreach (var thread in warp.Threads)
        {
            var (group, pair) = (thread.Lane / 4, thread.Lane % 4 * 2);
            for (int i = 0; i < a.Length; i++)
                Gather(left, (group + i % 2 * 8) * depth + i / 2 * 8 + pair, thread.Get<uint>(a[i]), decode);
            for (int i = 0; i < b.Length; i++)
                Gather(right, group * depth + i * 8 + pair, thread.Get<uint>(b[i]), decode);
        }
        Span<float> results = stackalloc float[4];
        foreach (var thread in warp.Threads)
        {
            var (group, pair) = (thread.Lane / 4, thread.Lane % 4 * 2);
            for (int i = 0; i < 4; i++)
            {
                var row = left.Slice((group + i / 2 * 8) * depth, depth);
                var column = right.Slice((pair + i % 2) * depth, depth);
                results[i] = (float)(thread.Get<float>(c[i]) + Dot(row, column));
            }
            for (int i = 0; i < 4; i++)
                thread.Set(d[i], results[i]);
        }
    }

    private static void Gather(Span<double> elements, int at, uint two, Func<ushort, float> decode)
    {
        elements[at] = decode((ushort)two);
        elements[at + 1] = decode((ushort)(two >> 16));
    }

    private static double Dot(ReadOnlySpan<double> row, ReadOnlySpan<double> column)
    {
        double sum = 0;
        for (int k = 0; k < row.Length && k < column.Length; k++)
            sum += row[k] * column[k];
        return sum;
    }
}
