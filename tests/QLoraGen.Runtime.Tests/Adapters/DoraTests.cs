using QLoraGen.Runtime.Tests.Layers;
using static TorchSharp.torch;

namespace QLoraGen.Runtime.Tests.Adapters;

/// <summary>
/// DoRA, y = m / norm(W + s B A) * (W x + s B A x) + b, in double and by loops over the decoded weight; the norm is a constant to the
/// gradient (arXiv 2402.09353, section 4.3).
/// </summary>
public sealed class DoraTests
{
    private const int K = 10, N = 6, M = 3, R = 2;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_fresh_adapter_leaves_the_model_as_it_was(bool quantized)
    {
        using SmallModel model = SmallModel.Loaded(quantized ? new QuantFormat(QuantType.NF4) : null);
        float[] before = model.Answers();
        model.AddAdapters(new LoraConfig { R = 2, UseDora = true, TargetModules = ["up", "embed_tokens", "head"] }, seed: 1);
        Assert.True(before.Zip(model.Answers()).All(static pair => Math.Abs(pair.First - pair.Second) < 1e-5));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_linear_layer_and_its_gradients_are_those_of_the_paper(bool quantized)
    {
        using OneLinear model = Adapted(quantized ? new QuantFormat(QuantType.NF4) : null);
        using var scope = NewDisposeScope();
        LoraAdapter adapter = model.Linear.Adapter!;
        Tensor x = tensor(OneLinear.Values(M * K, 5)).view(M, K).requires_grad_();
        Tensor y = model.Forward(x);
        Autograd.Backward(((y / 4).tanh() + 2).log().sum());

        double[] w = Doubles(model.Weight()), bias = Doubles(model.Linear.Bias!.Dense!);
        double[] x64 = Doubles(x), a = Doubles(adapter.A), b = Doubles(adapter.B), m = Doubles(adapter.Magnitude!);
        double[] norms = Norms(w, a, b, adapter.Scale);
        double[] expected = Outputs(w, bias, x64, a, b, m, norms, adapter.Scale);
        Assert.InRange(Error(expected, Doubles(y)), 0, 1e-6);
        foreach ((double[] point, Tensor gradient) in (ReadOnlySpan<(double[], Tensor)>)
            [(x64, x.grad!), (a, adapter.A.grad!), (b, adapter.B.grad!), (m, adapter.Magnitude!.grad!)])
        {
            double[] differences = Differences(point, () => Outputs(w, bias, x64, a, b, m, norms, adapter.Scale).Sum(static v => Math.Log(2 + Math.Tanh(v / 4))));
            Assert.InRange(Error(differences, Doubles(gradient)), 0, 1e-5);
        }
    }

    [Fact]
    public void The_norms_of_a_weight_of_several_tiles_are_those_of_its_rows()
    {
        using OneLinear model = OneLinear.Loaded(1152, 2100, new QuantFormat(QuantType.NF4));
        LoraAdapter adapter = model.AddAdapters(new LoraConfig { R = 4, LoraAlpha = 12, UseDora = true, InitLoraWeights = LoraStart.Random }, seed: 2).Adapters[0];
        using var scope = NewDisposeScope();
        Tensor whole = (tensor(model.Weight()).view(2100, 1152) + (adapter.B.mm(adapter.A) * adapter.Scale)).detach().to(ScalarType.Float64);
        Tensor expected = whole.square().sum(1).sqrt();
        Assert.InRange(((expected - adapter.Magnitude!).abs().max() / expected.max()).item<double>(), 0, 1e-6);
    }

    [Fact]
    public void An_embedding_has_a_magnitude_for_each_of_its_columns()
    {
        using SmallModel model = SmallModel.Loaded(null);
        LoraAdapter adapter = model.AddAdapters(
            new LoraConfig { R = 3, LoraAlpha = 4, UseDora = true, TargetModules = ["embed_tokens"] }, seed: 1).Adapters[0];
        model.Shake();
        using var scope = NewDisposeScope();
        Tensor ids = tensor(new long[] { 3, 0, 3, 10 });
        Tensor found = model.EmbedTokens.Forward(ids);

        Tensor table = SmallModel.Decoded(model.EmbedTokens.Weight).to(ScalarType.Float64);
        Tensor adapted = table + (adapter.B.to(ScalarType.Float64).mm(adapter.A.to(ScalarType.Float64)).t() * adapter.Scale);
        Tensor expected = (adapted * (adapter.Magnitude!.to(ScalarType.Float64) / adapted.square().sum([0]).sqrt())).index_select(0, ids);
        Assert.Equal([SmallModel.Width], adapter.Magnitude.shape);
        Assert.InRange((expected - found).abs().max().item<double>(), 0, 1e-5);
    }

    [Fact]
    public void While_text_is_made_the_norms_are_computed_once()
    {
        using OneLinear model = Adapted(new QuantFormat(QuantType.NF4));
        using var scope = NewDisposeScope();
        using IDisposable _ = no_grad();
        Tensor x = ones(1, K);
        float[] before = [.. model.Forward(x).data<float>()];
        using (model.Adapters!.Hold())
        {
            Assert.Equal(before, model.Forward(x).data<float>().ToArray());
            model.Linear.Adapter!.Magnitude!.mul_(2);
            Assert.Equal(before, model.Forward(x).data<float>().ToArray());
        }
        Assert.NotEqual(before, model.Forward(x).data<float>().ToArray());
    }

    private static OneLinear Adapted(QuantFormat? format)
    {
        OneLinear model = OneLinear.Loaded(K, N, format, bias: true);
        AdapterArena arena = model.AddAdapters(new LoraConfig { R = R, LoraAlpha = 3, UseDora = true, InitLoraWeights = LoraStart.Random }, seed: 2);
        using IDisposable _ = no_grad();
        arena.Adapters[0].Magnitude!.add_(tensor(OneLinear.Values(N, 8)) * 0.2f);
        return model;
    }

    private static double[] Norms(double[] w, double[] a, double[] b, double scale) => [.. Enumerable.Range(0, N).Select(n => Math.Sqrt(
        Enumerable.Range(0, K).Sum(k => Math.Pow(w[(n * K) + k] + (scale * Enumerable.Range(0, R).Sum(r => b[(n * R) + r] * a[(r * K) + k])), 2))))];

    private static double[] Outputs(double[] w, double[] bias, double[] x, double[] a, double[] b, double[] m, double[] norms, double scale)
    {
        double[] y = new double[M * N];
        for (int i = 0; i < M; i++)
        {
            double[] h = [.. Enumerable.Range(0, R).Select(r => Enumerable.Range(0, K).Sum(k => a[(r * K) + k] * x[(i * K) + k]))];
            for (int n = 0; n < N; n++)
            {
                double product = Enumerable.Range(0, K).Sum(k => w[(n * K) + k] * x[(i * K) + k]) + (scale * Enumerable.Range(0, R).Sum(r => b[(n * R) + r] * h[r]));
                y[(i * N) + n] = (m[n] / norms[n] * product) + bias[n];
            }
        }
        return y;
    }

    private static double[] Differences(double[] point, Func<double> loss)
    {
        const double Step = 1e-5;
        double[] gradient = new double[point.Length];
        for (int i = 0; i < point.Length; i++)
        {
            double at = point[i];
            point[i] = at + Step;
            double above = loss();
            point[i] = at - Step;
            gradient[i] = (above - loss()) / (2 * Step);
            point[i] = at;
        }
        return gradient;
    }

    private static double[] Doubles(float[] values) => [.. values.Select(static value => (double)value)];

    private static double[] Doubles(Tensor values) => Doubles((float[])[.. values.detach().data<float>()]);

    private static double Error(double[] expected, double[] actual) =>
        Math.Sqrt(expected.Zip(actual, (e, a) => (e - a) * (e - a)).Sum() / expected.Sum(static e => e * e));
}
