namespace QLoraGen.Models.Tests.Reference;

/// <summary>The arithmetic of <see cref="ReferenceDecoder"/> on single rows, in double and without any library.</summary>
internal static class ReferenceMath
{
    public static double[] Add(double[] a, double[] b) => [.. a.Zip(b, static (x, y) => x + y)];

    public static double[] Scale(double[] x, double by) => [.. x.Select(value => value * by)];

    /// <summary>W x, with W [out, in] row by row.</summary>
    public static double[] Multiply(double[] weight, double[] x) =>
        [.. Enumerable.Range(0, weight.Length / x.Length).Select(row => Dot(weight.AsSpan(row * x.Length, x.Length), x))];

    public static double[] RmsNorm(double[] x, double[] weight, double eps, double offset)
    {
        double root = Math.Sqrt((x.Sum(static v => v * v) / x.Length) + eps);
        return [.. x.Zip(weight, (v, w) => v / root * (w + offset))];
    }

    public static double[] LayerNorm(double[] x, double[] weight, double[] bias, double eps)
    {
        double mean = x.Average(), deviation = Math.Sqrt((x.Sum(v => (v - mean) * (v - mean)) / x.Length) + eps);
        return [.. x.Select((v, i) => ((v - mean) / deviation * weight[i]) + bias[i])];
    }

    public static double[] Softmax(double[] x)
    {
        double most = x.Max(), sum = x.Sum(v => Math.Exp(v - most));
        return [.. x.Select(v => Math.Exp(v - most) / sum)];
    }

    /// <summary>Pairs (i, i + width / 2) turned by a position times their frequencies; what is past the width stays.</summary>
    public static double[] Rotate(double[] head, double[] frequencies, int position)
    {
        double[] turned = [.. head];
        int half = frequencies.Length;
        for (int i = 0; i < half; i++)
        {
            (double sin, double cos) = Math.SinCos(position * frequencies[i]);
            turned[i] = (head[i] * cos) - (head[i + half] * sin);
            turned[i + half] = (head[i + half] * cos) + (head[i] * sin);
        }
        return turned;
    }

    public static double Silu(double x) => x / (1 + Math.Exp(-x));

    public static double GeluTanh(double x) => 0.5 * x * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + (0.044715 * x * x * x))));

    /// <summary>x times the normal distribution's integral up to x, by the series of the error function: x here is small.</summary>
    public static double Gelu(double x)
    {
        double z = x / Math.Sqrt(2), term = z, sum = z;
        for (int n = 1; n < 200; n++)
        {
            term *= -z * z / n;
            sum += term / ((2 * n) + 1);
        }
        return 0.5 * x * (1 + (2 / Math.Sqrt(Math.PI) * sum));
    }

    private static double Dot(ReadOnlySpan<double> a, double[] b)
    {
        double sum = 0;
        for (int i = 0; i < b.Length; i++)
        {
            sum += a[i] * b[i];
        }
        return sum;
    }
}
