using System.Runtime.ExceptionServices;
using static TorchSharp.torch;

namespace QLoraGen;

/// <summary>Backward passes through functions written in C#.</summary>
public static class Autograd
{
    private static ExceptionDispatchInfo? failure;

    // What a C# backward function returned last: native code copies the handles after the managed call has ended.
    [ThreadStatic]
    private static List<Tensor?>? returned;

    /// <summary>Computes the gradients of a loss; an error inside a C# backward function is thrown here.</summary>
    public static void Backward(Tensor loss) => Backward(loss, null);

    /// <summary>Computes the gradients behind a tensor whose own gradient is known; null for a scalar means 1.</summary>
    public static void Backward(Tensor tensor, Tensor? gradient)
    {
        try
        {
            tensor.backward(gradient is null ? null : [gradient]);
        }
        finally
        {
            // Also where libtorch itself fails, often because of this: an error must not wait for the next pass.
            Interlocked.Exchange(ref failure, null)?.Throw();
        }
    }

    /// <summary>Keeps the first error of a backward pass.</summary>
    internal static void Fail(Exception error) =>
        Interlocked.CompareExchange(ref failure, ExceptionDispatchInfo.Capture(error), null);

    /// <summary>What a backward function gives back, kept until native code has it.</summary>
    /// <param name="gradients">One an argument of the function.</param>
    /// <param name="gradOutput">What it was given, and needs no more.</param>
    internal static List<Tensor> Returned(List<Tensor?> gradients, Tensor gradOutput)
    {
        returned?.ForEach(static gradient => gradient?.Dispose());
        returned = gradients;
        gradients.ForEach(static gradient => gradient?.DetachFromDisposeScope());
        gradOutput.Dispose();
        return gradients!;
    }
}
