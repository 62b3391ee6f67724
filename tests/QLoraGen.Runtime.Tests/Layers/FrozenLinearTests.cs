using static TorchSharp.torch;

namespace QLoraGen.Runtime.Tests.Layers;

/// <summary>y = dequant(W) x + s B (A x) and its gradients, against libtorch in float64 on the decoded weight.</summary>
public sealed class FrozenLinearTests
{
    private const double Tolerance = 1e-5;

    [Theory]
    [InlineData(QuantType.NF4, true)]
    [InlineData(QuantType.NF4, false)]
    [InlineData(QuantType.FP4, true)]
    [InlineData(QuantType.INT4, false)]
    public void Every_format_has_the_gradients_of_its_decoded_weight(QuantType type, bool doubleQuant) =>
        Check(OneLinear.Loaded(192, 48, new QuantFormat(type, DoubleQuant: doubleQuant)), [8, 192]);

    [Theory]
    [InlineData(TensorDType.F32)]
    [InlineData(TensorDType.BF16)]
    public void So_has_a_weight_in_full_precision(TensorDType dtype)
    {
        Check(OneLinear.Loaded(172, 64, null, dtype), [3, 172]);
        Check(OneLinear.Loaded(172, 64, null, dtype), [40, 172]);
    }

    [Theory]
    [InlineData(1)]    // the kernel ...
    [InlineData(3)]
    [InlineData(16)]   // ... up to here
    [InlineData(17)]   // tiles
    [InlineData(40)]
    public void Both_paths_are_right_where_blocks_cross_rows(int rows) =>
        Check(OneLinear.Loaded(172, 64, new QuantFormat(QuantType.NF4)), [rows, 172]);

    [Theory]
    [InlineData(1)]
    [InlineData(32)]   // the fused kernel up to here
    [InlineData(33)]   // tiles
    public void Both_paths_are_right_where_rows_are_whole_blocks(int rows) =>
        Check(OneLinear.Loaded(192, 48, new QuantFormat(QuantType.NF4)), [rows, 192]);

    [Theory]
    [InlineData(1152, 2, TensorDType.F32)]
    [InlineData(1152, 128, TensorDType.F32)]   // the fused kernel up to here, for a weight of more than one tile
    [InlineData(1152, 129, TensorDType.F32)]   // tiles
    [InlineData(1100, 17, TensorDType.F32)]    // tiles, blocks that cross rows
    [InlineData(1100, 6, TensorDType.BF16)]    // not quantized
    public void Several_tiles_are_one_product(int width, int rows, TensorDType dtype) =>
        Check(OneLinear.Loaded(width, 2100, dtype == TensorDType.F32 ? new QuantFormat(QuantType.NF4) : null, dtype), [rows, width]);

    [Theory]
    [InlineData(2, 2)]
    [InlineData(3, 5)]
    public void Inputs_of_three_dimensions_keep_them(int batch, int tokens) =>
        Check(OneLinear.Loaded(128, 32, new QuantFormat(QuantType.NF4)), [batch, tokens, 128]);

    [Fact]
    public void A_bias_is_added_and_passes_the_gradient_on() =>
        Check(OneLinear.Loaded(64, 32, new QuantFormat(QuantType.NF4), bias: true), [7, 64]);

    [Fact]
    public void An_input_that_is_not_contiguous_is_read_in_its_own_order()
    {
        using OneLinear model = OneLinear.Loaded(64, 32, new QuantFormat(QuantType.NF4));
        using var scope = NewDisposeScope();
        Tensor x = tensor(OneLinear.Values(64 * 6, 3)).view(64, 6);
        Assert.Equal(model.Forward(x.t().contiguous()).data<float>().ToArray(), model.Forward(x.t()).data<float>().ToArray());
    }

    [Fact]
    public void Without_anything_to_train_no_graph_is_kept()
    {
        using OneLinear model = OneLinear.Loaded(64, 32, new QuantFormat(QuantType.NF4));
        using var scope = NewDisposeScope();
        Assert.False(model.Forward(ones(2, 64)).requires_grad);
        Assert.True(model.Forward(ones(2, 64).requires_grad_()).requires_grad);
        model.AddAdapters(new LoraConfig { R = 2 }, seed: 1);
        Assert.True(model.Forward(ones(2, 64)).requires_grad);
        using var _ = no_grad();
        Assert.False(model.Forward(ones(2, 64)).requires_grad);
    }

    [Fact]
    public void Gradients_of_two_passes_add_up()
    {
        using OneLinear model = OneLinear.Loaded(64, 32, new QuantFormat(QuantType.NF4));
        AdapterArena arena = model.AddAdapters(new LoraConfig { R = 2 }, seed: 1);
        using var scope = NewDisposeScope();
        Autograd.Backward(model.Forward(ones(5, 64)).square().sum());
        Tensor once = arena.Gradients.clone();
        Autograd.Backward(model.Forward(ones(5, 64)).square().sum());
        Assert.True(once.abs().max().item<float>() > 0);
        Assert.Equal((once * 2).data<float>().ToArray(), arena.Gradients.data<float>().ToArray());
    }

    /// <summary>With and without an adapter, with an input that is trained through and one that is not.</summary>
    private static void Check(OneLinear model, long[] shape)
    {
        using (model)
        {
            Assert.InRange(LargestError(model, shape, inputGradient: true), 0, Tolerance);
            AdapterArena arena = model.AddAdapters(new LoraConfig { R = 3, LoraAlpha = 5 }, seed: 2);
            using (no_grad())
            {
                arena.Adapters[0].B.copy_(tensor(OneLinear.Values(arena.Adapters[0].B.numel(), 4)).view_as(arena.Adapters[0].B));
            }
            Assert.InRange(LargestError(model, shape, inputGradient: true), 0, Tolerance);
            arena.Gradients.zero_();
            Assert.InRange(LargestError(model, shape, inputGradient: false), 0, Tolerance);
        }
    }

    private static double LargestError(OneLinear model, long[] shape, bool inputGradient)
    {
        using var scope = NewDisposeScope();
        Tensor x = tensor(OneLinear.Values(shape.Aggregate(1L, (a, b) => a * b), 5)).view(shape);
        x.requires_grad = inputGradient;
        Tensor y = model.Forward(x);
        Autograd.Backward(Loss(y));

        Tensor x64 = Double(x), w = tensor(model.Weight()).view(model.Linear.OutFeatures, model.Linear.InFeatures).to(ScalarType.Float64);
        Tensor expected = x64.matmul(w.t());
        Tensor? a64 = null, b64 = null;
        if (model.Linear.Adapter is { } adapter)
        {
            (a64, b64) = (Double(adapter.A), Double(adapter.B));
            expected = expected + (x64.matmul(a64.t()).matmul(b64.t()) * adapter.Scale);
        }
        expected = model.Linear.Bias is { } bias ? expected + bias.Dense!.to(ScalarType.Float64) : expected;
        Loss(expected).backward();

        Assert.Equal(expected.shape, y.shape);
        double error = Error(expected, y);
        if (inputGradient)
        {
            Assert.Equal(x.shape, x.grad!.shape);
            error = Math.Max(error, Error(x64.grad!, x.grad));
        }
        else
        {
            Assert.True(x.grad is null);
        }
        return model.Linear.Adapter is null
            ? error
            : Math.Max(error, Math.Max(Error(a64!.grad!, model.Linear.Adapter.A.grad!), Error(b64!.grad!, model.Linear.Adapter.B.grad!)));
    }

    // Not linear, and different for every element; divided, so that tanh does not flatten.
    private static Tensor Loss(Tensor y) => ((y / 20).tanh() * arange(1, y.numel() + 1, dtype: y.dtype).view_as(y).sin()).sum();

    private static Tensor Double(Tensor x) => x.detach().to(ScalarType.Float64).requires_grad_();

    private static double Error(Tensor expected, Tensor actual) =>
        ((expected - actual.to(ScalarType.Float64)).norm() / expected.norm()).item<double>();
}
