using static TorchSharp.torch;

namespace QLoraGen.Runtime.Tests.Layers;

/// <summary>The gradients against differences of the loss itself, without any autograd.</summary>
[Collection(AloneWithTorch.Name)]
public sealed class FiniteDifferenceTests
{
    private const int K = 10, N = 6, M = 3, R = 2;

    [Theory]
    [InlineData(QuantType.NF4, true)]
    [InlineData(QuantType.FP4, false)]
    [InlineData(QuantType.INT4, true)]
    public void Of_a_loss_in_double_over_the_decoded_weight(QuantType type, bool doubleQuant)
    {
        using OneLinear model = Adapted(new QuantFormat(type, DoubleQuant: doubleQuant), dropout: 0);
        using var scope = NewDisposeScope();
        LoraAdapter adapter = model.Linear.Adapter!;
        Tensor x = tensor(OneLinear.Values(M * K, 5)).view(M, K).requires_grad_();
        Autograd.Backward(((model.Forward(x).tanh() + 2).log()).sum());

        double[] w = Doubles(model.Weight()), x64 = Doubles(x), a = Doubles(adapter.A), b = Doubles(adapter.B);
        foreach ((double[] point, Tensor gradient) in (ReadOnlySpan<(double[], Tensor)>)[(x64, x.grad!), (a, adapter.A.grad!), (b, adapter.B.grad!)])
        {
            double[] expected = Differences(point, 1e-5, () => Loss(w, x64, a, b, adapter.Scale));
            Assert.InRange(Error(expected, Doubles(gradient)), 0, 1e-5);
        }
    }

    [Fact]
    public void Of_the_layer_itself_where_inputs_are_dropped()
    {
        using OneLinear model = Adapted(new QuantFormat(QuantType.NF4), dropout: 0.4);
        model.train();
        using var scope = NewDisposeScope();
        LoraAdapter adapter = model.Linear.Adapter!;
        Tensor x = tensor(OneLinear.Values(M * K, 5)).view(M, K).requires_grad_();
        Tensor coefficients = tensor(OneLinear.Values(M * N, 6)).view(M, N);
        Autograd.Backward(Seeded());

        // The layer is linear in each of its arguments, so a step of 1 differs by rounding alone.
        foreach (Tensor point in (ReadOnlySpan<Tensor>)[x, adapter.A, adapter.B])
        {
            double[] expected = Steps(point, () => Seeded().item<float>());
            Assert.InRange(Error(expected, Doubles(point.grad!)), 0, 1e-5);
        }
        model.eval();
        Assert.NotEqual(Seeded().item<float>(), Trained().item<float>());

        Tensor Seeded()
        {
            manual_seed(7);
            return (model.Forward(x) * coefficients).sum();
        }

        Tensor Trained()
        {
            model.train();
            return Seeded();
        }
    }

    private static OneLinear Adapted(QuantFormat format, double dropout)
    {
        OneLinear model = OneLinear.Loaded(K, N, format);
        AdapterArena arena = model.AddAdapters(new LoraConfig { R = R, LoraAlpha = 3, LoraDropout = dropout }, seed: 2);
        using var _ = no_grad();
        arena.Adapters[0].B.copy_(tensor(OneLinear.Values(N * R, 4)).view(N, R));
        return model;
    }

    // sum of ln(2 + tanh(W x + s B (A x))), in double and by loops.
    private static double Loss(double[] w, double[] x, double[] a, double[] b, double scale)
    {
        double loss = 0;
        for (int m = 0; m < M; m++)
        {
            double[] h = [.. Enumerable.Range(0, R).Select(r => Enumerable.Range(0, K).Sum(k => a[(r * K) + k] * x[(m * K) + k]))];
            for (int n = 0; n < N; n++)
            {
                double y = Enumerable.Range(0, K).Sum(k => w[(n * K) + k] * x[(m * K) + k])
                    + (scale * Enumerable.Range(0, R).Sum(r => b[(n * R) + r] * h[r]));
                loss += Math.Log(2 + Math.Tanh(y));
            }
        }
        return loss;
    }

    private static double[] Differences(double[] point, double step, Func<double> loss)
    {
        double[] gradient = new double[point.Length];
        for (int i = 0; i < point.Length; i++)
        {
            double at = point[i];
            point[i] = at + step;
            double above = loss();
            point[i] = at - step;
            gradient[i] = (above - loss()) / (2 * step);
            point[i] = at;
        }
        return gradient;
    }

    private static double[] Steps(Tensor point, Func<double> loss)
    {
        using var _ = no_grad();
        using Tensor flat = point.view(-1);
        return [.. Enumerable.Range(0, (int)flat.numel()).Select(i =>
        {
            using Tensor element = flat[i];
            float at = element.item<float>();
            element.fill_(at + 1);
            double above = loss();
            element.fill_(at - 1);
            double below = loss();
            element.fill_(at);
            return (above - below) / 2;
        })];
    }

    private static double[] Doubles(float[] values) => [.. values.Select(static value => (double)value)];

    private static double[] Doubles(Tensor values) => Doubles((float[])[.. values.detach().data<float>()]);

    private static double Error(double[] expected, double[] actual) =>
        Math.Sqrt(expected.Zip(actual, (e, a) => (e - a) * (e - a)).Sum() / expected.Sum(static e => e * e));
}
