using System.Runtime.Intrinsics;

namespace QLoraGen.Kernels;

/// <summary>
/// Root mean square normalization of rows (arXiv 1910.07467): y = w x / sqrt(mean(x^2) + eps), each row read twice and written once.
/// </summary>
public static unsafe class RmsNormRows
{
    private const int ChunkValues = 1 << 15;

    /// <summary>Normalizes.</summary>
    /// <param name="x">[rows, width].</param>
    /// <param name="weight">[width].</param>
    /// <param name="y">[rows, width].</param>
    /// <param name="inverse">[rows]: one over the root mean square, for <see cref="Backward"/>.</param>
    /// <param name="rows">How many.</param>
    /// <param name="width">Values of each.</param>
    /// <param name="eps">Added to the mean square.</param>
    public static void Forward(float* x, float* weight, float* y, float* inverse, int rows, int width, double eps) =>
        Run(rows, width, new ForwardBody(x, weight, y, inverse, rows, width, (float)eps, RowsOfAChunk(width)));

    /// <summary>The gradient of x; weights have none.</summary>
    /// <param name="gy">Gradient of y, [rows, width].</param>
    /// <param name="x">What was normalized.</param>
    /// <param name="weight">[width].</param>
    /// <param name="inverse">What <see cref="Forward"/> gave.</param>
    /// <param name="gx">[rows, width].</param>
    /// <param name="rows">How many.</param>
    /// <param name="width">Values of each.</param>
    public static void Backward(float* gy, float* x, float* weight, float* inverse, float* gx, int rows, int width) =>
        Run(rows, width, new BackwardBody(gy, x, weight, inverse, gx, rows, width, RowsOfAChunk(width)));

    private static int RowsOfAChunk(int width) => Math.Max(1, ChunkValues / width);

    private static void Run<TBody>(int rows, int width, TBody body) where TBody : struct, IChunkBody
    {
        int each = RowsOfAChunk(width), chunks = (rows + each - 1) / each;
        KernelThreads.For(chunks, body, spread: chunks > 1);
    }

    private readonly struct ForwardBody(float* x, float* weight, float* y, float* inverse, int rows, int width, float eps, int each) : IChunkBody
    {
        public void Run(int chunk)
        {
            for (int row = chunk * each, end = Math.Min(rows, row + each); row < end; row++)
            {
                float* from = x + ((long)row * width), to = y + ((long)row * width);
                float scale = 1 / MathF.Sqrt((Squares(from, width) / width) + eps);
                inverse[row] = scale;
                int i = 0;
                for (; i + Vector256<float>.Count <= width; i += Vector256<float>.Count)
                {
                    (Vector256.Load(from + i) * scale * Vector256.Load(weight + i)).Store(to + i);
                }
                for (; i < width; i++)
                {
                    to[i] = from[i] * scale * weight[i];
                }
            }
        }

        private static float Squares(float* values, int width)
        {
            Vector256<float> first = default, second = default;
            int i = 0;
            for (; i + (2 * Vector256<float>.Count) <= width; i += 2 * Vector256<float>.Count)
            {
                Vector256<float> a = Vector256.Load(values + i), b = Vector256.Load(values + i + Vector256<float>.Count);
                first += a * a;
                second += b * b;
            }
            float sum = Vector256.Sum(first + second);
            for (; i < width; i++)
            {
                sum += values[i] * values[i];
            }
            return sum;
        }
    }

    // With n = x / rms: gx = (w gy - n mean(w gy n)) / rms.
    private readonly struct BackwardBody(float* gy, float* x, float* weight, float* inverse, float* gx, int rows, int width, int each) : IChunkBody
    {
        public void Run(int chunk)
        {
            for (int row = chunk * each, end = Math.Min(rows, row + each); row < end; row++)
            {
                long start = (long)row * width;
                float scale = inverse[row];
                float along = Product(gy + start, x + start) * scale * scale / width;
                int i = 0;
                for (; i + Vector256<float>.Count <= width; i += Vector256<float>.Count)
                {
                    Vector256<float> g = Vector256.Load(gy + start + i) * Vector256.Load(weight + i);
                    ((g - (Vector256.Load(x + start + i) * along)) * scale).Store(gx + start + i);
                }
                for (; i < width; i++)
                {
                    gx[start + i] = ((gy[start + i] * weight[i]) - (x[start + i] * along)) * scale;
                }
            }
        }

        private float Product(float* gradient, float* values)
        {
            Vector256<float> sums = default;
            int i = 0;
            for (; i + Vector256<float>.Count <= width; i += Vector256<float>.Count)
            {
                sums += Vector256.Load(gradient + i) * Vector256.Load(weight + i) * Vector256.Load(values + i);
            }
            float sum = Vector256.Sum(sums);
            for (; i < width; i++)
            {
                sum += gradient[i] * weight[i] * values[i];
            }
            return sum;
        }
    }
}
