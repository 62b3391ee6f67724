using TorchSharp.Modules;
using static TorchSharp.torch;

namespace QLoraGen.Runtime.Tests.Training.Optimizers;

public sealed class OptimizerTests
{
    [Fact]
    public void Ten_steps_of_fp32_AdamW_are_libtorchs()
    {
        using var scope = NewDisposeScope();
        (Parameter[] ours, Parameter[] theirs) = (Parameters(), Parameters());
        using Optimizer optimizer = Optimizer.Create(OptimizerType.AdamW, Named(ours));
        using var reference = optim.AdamW(theirs, 1e-2, weight_decay: 0.1);
        for (int step = 1; step <= 10; step++)
        {
            Gradients(ours, step);
            Gradients(theirs, step);
            Assert.Equal(nn.utils.clip_grad_norm_(theirs, 1.0), optimizer.GradientNorm(), 1e-3);
            optimizer.Step(new Kernels.AdamWStep(step, 1e-2) { WeightDecay = 0.1, GradientScale = Math.Min(1, 1 / (optimizer.GradientNorm() + 1e-6)) });
            reference.step();
        }
        Assert.All(ours.Zip(theirs), static pair => Assert.InRange((pair.First - pair.Second).abs().max().item<float>(), 0, 1e-6f));
    }

    [Fact]
    public void Eight_bits_go_where_fp32_goes_and_are_a_quarter_of_the_memory()
    {
        using var scope = NewDisposeScope();
        (Parameter[] small, Parameter[] large) = (Parameters(), Parameters());
        using Optimizer eight = Optimizer.Create(OptimizerType.AdamW8Bit, Named(small)), full = Optimizer.Create(OptimizerType.AdamW, Named(large));
        Tensor[] start = [.. small.Select(static parameter => parameter.detach().clone())];
        for (int step = 1; step <= 50; step++)
        {
            Gradients(small, step);
            Gradients(large, step);
            eight.Step(new Kernels.AdamWStep(step, 1e-2));
            full.Step(new Kernels.AdamWStep(step, 1e-2));
        }
        for (int i = 0; i < small.Length; i++)
        {
            Assert.InRange(((small[i] - large[i]).norm() / (large[i] - start[i]).norm()).item<float>(), 1e-6f, 0.1f);
        }
        Assert.InRange(Bytes(full) / (double)Bytes(eight), 3.7, 4);

        static long Bytes(Optimizer optimizer) => optimizer.State.Sum(static state => state.Values.numel() * state.Values.element_size());
    }

    [Fact]
    public void A_tensor_without_a_gradient_stays_and_a_scaled_rate_is_the_tensors_own()
    {
        using var scope = NewDisposeScope();
        Parameter[] parameters = Parameters(), before = Parameters();
        using Optimizer optimizer = Optimizer.Create(OptimizerType.AdamW, [new("a", parameters[0]), new("b", parameters[1], 16), new("c", parameters[2])]);
        Gradients(parameters[..2], 1);
        optimizer.Step(new Kernels.AdamWStep(1, 1e-3));
        // The first step of AdamW moves every value by the learning rate.
        Assert.Equal(1e-3, (parameters[0] - before[0]).abs().max().item<float>(), 1e-6);
        Assert.Equal(16e-3, (parameters[1] - before[1]).abs().max().item<float>(), 1e-6);
        Assert.Equal(0, (parameters[2] - before[2]).abs().max().item<float>());
    }

    [Theory]
    [InlineData("adamw_torch", OptimizerType.AdamW)]
    [InlineData("adamw_8bit", OptimizerType.AdamW8Bit)]
    [InlineData("adamw_bnb_8bit", OptimizerType.AdamW8Bit)]
    public void Names_are_those_of_Transformers(string name, OptimizerType type) => Assert.Equal(type, OptimizerTypes.Parse(name));

    [Theory]
    [InlineData("paged_adamw_8bit", "the operating system pages")]
    [InlineData("lion_8bit", "adamw_bnb_8bit")]
    public void Other_names_are_refused_with_what_to_use(string name, string words) =>
        Assert.Contains(words, Assert.Throws<QLoraException>(() => OptimizerTypes.Parse(name)).Message);

    private static Parameter[] Parameters()
    {
        using var generator = new Generator(1);
        return [.. ((long[][])[[70, 33], [5], [40_000]]).Select(shape => new Parameter(randn(shape, generator: generator)))];
    }

    private static IReadOnlyList<TrainedTensor> Named(Parameter[] parameters) =>
        [.. parameters.Select(static (parameter, i) => new TrainedTensor($"{i}", parameter))];

    private static void Gradients(Parameter[] parameters, int seed)
    {
        using var generator = new Generator((ulong)seed);
        foreach (Parameter parameter in parameters)
        {
            parameter.grad = randn(parameter.shape, generator: generator) + 0.5;
        }
    }
}
