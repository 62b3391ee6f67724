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

    /// <summary>
    /// Runs a backward function. An exception that leaves one ends the process: it is kept, and thrown after the native call, which is
    /// given no gradients.
    /// </summary>
    /// <param name="arguments">Of the function; so many gradients are expected.</param>
    /// <param name="backward">Gives them.</param>
    internal static List<Tensor> Guarded(int arguments, Func<List<Tensor>> backward)
    {
        try
        {
            using IDisposable _ = no_grad();
            return backward();
        }
        catch (Exception e)
        {
            Fail(e);
            return [.. Enumerable.Repeat<Tensor>(null!, arguments)];
        }
    }

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
