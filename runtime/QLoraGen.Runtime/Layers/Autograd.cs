using System.Runtime.ExceptionServices;
using static TorchSharp.torch;

namespace QLoraGen;

/// <summary>Backward passes through functions written in C#.</summary>
public static class Autograd
{
    private static ExceptionDispatchInfo? failure;

    /// <summary>Computes the gradients of a loss; an error inside a C# backward function is thrown here.</summary>
    public static void Backward(Tensor loss)
    {
        try
        {
            loss.backward();
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
}
