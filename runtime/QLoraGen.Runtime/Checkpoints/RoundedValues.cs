using QLoraGen.Native;
using static TorchSharp.torch;

namespace QLoraGen.Checkpoints;

/// <summary>fp32 tensors as the bytes of files, rounded to nearest, ties to even, piece by piece.</summary>
internal static class RoundedValues
{
    private const int RoundedAtOnce = 1 << 22;
    private const float LargestF16 = 65504;

    /// <summary>Writes a contiguous tensor's values, little-endian.</summary>
    public static unsafe void Write(Tensor values, TensorDType dtype, Stream stream)
    {
        using var scope = NewDisposeScope();
        Tensor flat = values.view(-1);
        for (long done = 0; done < flat.numel(); done += RoundedAtOnce)
        {
            using var piece = NewDisposeScope();
            Tensor rounded = flat.narrow(0, done, Math.Min(RoundedAtOnce, flat.numel() - done)).to(dtype.ToScalarType());
            stream.Write(new ReadOnlySpan<byte>((void*)TensorMemory.Pointer(rounded), (int)rounded.numel() * dtype.SizeInBytes()));
        }
    }

    /// <summary>The largest magnitude, where the type cannot hold it; else null. Other types than F16 hold all that fp32 does, but for its last 0.2 %.</summary>
    public static float? TooLarge(Tensor values, TensorDType dtype) =>
        dtype == TensorDType.F16 && values.numel() > 0 && values.abs().max().item<float>() is var largest && largest > LargestF16 ? largest : null;
}
