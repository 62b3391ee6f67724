using QLoraGen.Kernels;
using QLoraGen.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace QLoraGen;

/// <summary>
/// AdamW over parameters in memory, in one pass: moments, weight decay and update together. Its states are flat vectors over all
/// parameters in their order; for an arena, laid out as the arena is. States are in the host's memory and steps are made there, wherever
/// the parameters are: a device has the values and their gradients alone.
/// </summary>
public abstract unsafe class Optimizer : IDisposable
{
    private protected Optimizer(IReadOnlyList<TrainedTensor> tensors) => Tensors = tensors;

    /// <summary>What is trained.</summary>
    public IReadOnlyList<TrainedTensor> Tensors { get; }

    /// <summary>What the optimizer remembers from step to step, by name; a checkpoint holds it.</summary>
    public abstract IReadOnlyList<(string Name, Tensor Values)> State { get; }

    /// <summary>Makes an optimizer that remembers nothing yet.</summary>
    public static Optimizer Create(OptimizerType type, IReadOnlyList<TrainedTensor> tensors) => type switch
    {
        OptimizerType.AdamW => new AdamWOptimizer(tensors),
        OptimizerType.AdamW8Bit => new AdamW8BitOptimizer(tensors),
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };

    /// <summary>The norm of all gradients together, as if they were one vector; infinite or NaN where one of them is.</summary>
    public double GradientNorm()
    {
        using var scope = NewDisposeScope();
        double sum = 0;
        foreach (TrainedTensor tensor in Tensors)
        {
            if (tensor.Value.grad is { } gradient)
            {
                sum += Kernels.GradientNorm.SumOfSquares(TensorMemory.Floats(OnHost(gradient)), tensor.Count);
            }
        }
        return Math.Sqrt(sum);
    }

    /// <summary>Changes every parameter that has a gradient.</summary>
    /// <param name="step">Its learning rate is scaled for each tensor as the tensor says.</param>
    public void Step(AdamWStep step)
    {
        using var scope = NewDisposeScope();
        long offset = 0;
        foreach ((int i, TrainedTensor tensor) in Tensors.Index())
        {
            if (tensor.Value.grad is { } gradient)
            {
                AdamWStep own = step with { LearningRate = step.LearningRate * tensor.LearningRateScale };
                Tensor values = OnHost(tensor.Value);
                Update(i, offset, TensorMemory.Floats(values), TensorMemory.Floats(OnHost(gradient)), own);
                if (tensor.Value.device_type != DeviceType.CPU)
                {
                    using IDisposable _ = no_grad();
                    tensor.Value.copy_(values);
                }
            }
            offset += tensor.Count;
        }
    }

    /// <summary>Zeroes every gradient in place.</summary>
    public void ZeroGradients()
    {
        using var scope = NewDisposeScope();
        foreach (TrainedTensor tensor in Tensors)
        {
            tensor.Value.grad?.zero_();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach ((_, Tensor values) in State)
        {
            values.Dispose();
        }
    }

    private static Tensor OnHost(Tensor tensor) => tensor.device_type == DeviceType.CPU ? tensor : tensor.detach().cpu();

    /// <summary>Changes one tensor.</summary>
    /// <param name="index">Which one.</param>
    /// <param name="offset">Values of all tensors before it.</param>
    /// <param name="values">The tensor.</param>
    /// <param name="gradients">Its gradient.</param>
    /// <param name="step">What to go by.</param>
    private protected abstract void Update(int index, long offset, float* values, float* gradients, in AdamWStep step);
}
