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
}
