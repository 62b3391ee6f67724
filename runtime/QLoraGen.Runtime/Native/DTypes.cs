using static TorchSharp.torch;

namespace QLoraGen.Native;

/// <summary>The data types of checkpoints in TorchSharp's terms.</summary>
internal static class DTypes
{
    public static ScalarType ToScalarType(this TensorDType dtype) => dtype switch
    {
        TensorDType.F32 => ScalarType.Float32,
        TensorDType.F16 => ScalarType.Float16,
        TensorDType.BF16 => ScalarType.BFloat16,
        _ => throw new NotSupportedException($"weights of type {dtype.FormatName()}"),
    };
}
