using TorchSharp;
using static TorchSharp.torch;

namespace QLoraGen;

/// <summary>Where one pass of this project's own stands for several of libtorch's: fp32 on the CPU. Elsewhere libtorch computes.</summary>
internal static class Fusing
{
    /// <summary>Whether a tensor is of the kind that the fused passes take.</summary>
    public static bool Takes(Tensor x) => x.dtype == ScalarType.Float32 && x.device_type == DeviceType.CPU;

    /// <summary>Whether what is computed from a tensor is to have a gradient.</summary>
    public static bool IsTracked(Tensor x) => is_grad_enabled() && x.requires_grad;

    /// <summary>Runs a backward function; an exception must not leave it, and is kept for <see cref="Autograd.Backward(Tensor)"/>.</summary>
    /// <param name="arguments">Of the function, so many gradients are expected.</param>
    /// <param name="backward">Gives them.</param>
    public static List<Tensor> Guarded(int arguments, Func<List<Tensor>> backward)
    {
        try
        {
            using IDisposable _ = no_grad();
            return backward();
        }
        catch (Exception e)
        {
            Autograd.Fail(e);
            return [.. Enumerable.Repeat<Tensor>(null!, arguments)];
        }
    }
}
