using QLoraGen.Checkpoints;
using QLoraGen.Native;
using static TorchSharp.torch;

namespace QLoraGen;

/// <summary>
/// <c>optimizer.safetensors</c> of a checkpoint: what is trained, as <c>values</c> in fp32, and what the optimizer remembers; flat vectors
/// in the order of <see cref="Optimizer.Tensors"/>.
/// </summary>
internal static unsafe class OptimizerFile
{
    public const string Name = "optimizer.safetensors";

    private const string Values = "values";
    private const int BytesAtOnce = 1 << 20;

    public static void Write(string path, Optimizer optimizer)
    {
        long count = optimizer.Tensors.Sum(static tensor => tensor.Count);
        SafetensorsWriter.Write(path,
        [
            .. optimizer.State.Select(static state => new TensorToWrite(
                state.Name, TypeOf(state.Values), state.Values.shape, stream => Write(stream, state.Values))),
            new TensorToWrite(Values, TensorDType.F32, [count], stream =>
            {
                foreach (TrainedTensor tensor in optimizer.Tensors)
                {
                    Write(stream, tensor.Value);
                }
            }),
        ]);
    }

    /// <summary>Reads everything back, after all of it was checked.</summary>
    /// <exception cref="QLoraException">The file is not whole, or of another run.</exception>
    public static void Read(string path, Optimizer optimizer)
    {
        using SafetensorsFile file = SafetensorsFile.Open(path);
        long count = optimizer.Tensors.Sum(static tensor => tensor.Count);
        TensorInfo values = Find(file, Values, TensorDType.F32, count);
        (TensorInfo Stored, Tensor Values)[] states =
            [.. optimizer.State.Select(state => (Find(file, state.Name, TypeOf(state.Values), state.Values.numel()), state.Values))];
        foreach ((TensorInfo stored, Tensor state) in states)
        {
            Copy(file.Pointer(stored), state);
        }
        CopyValues(file.Pointer(values), optimizer.Tensors);
    }

    /// <summary>Reads what is trained, and leaves the optimizer as it is.</summary>
    public static void ReadValues(string path, IReadOnlyList<TrainedTensor> tensors)
    {
        using SafetensorsFile file = SafetensorsFile.Open(path);
        CopyValues(file.Pointer(Find(file, Values, TensorDType.F32, tensors.Sum(static tensor => tensor.Count))), tensors);
    }

    private static void CopyValues(byte* from, IReadOnlyList<TrainedTensor> tensors)
    {
        foreach (TrainedTensor tensor in tensors)
        {
            Copy(from, tensor.Value);
            from += tensor.Count * sizeof(float);
        }
    }

    private static TensorInfo Find(SafetensorsFile file, string name, TensorDType dtype, long count) =>
        file.Tensors.TryGetValue(name, out TensorInfo? tensor) && tensor.DType == dtype && tensor.Count == count ? tensor
            : throw file.Wrong(name, $"is missing or not {dtype.FormatName()}[{count}], which this run's optimizer would have written. "
                + "Go on with the options that the run was begun with, or from another checkpoint.");

    private static TensorDType TypeOf(Tensor tensor) => tensor.dtype == ScalarType.Byte ? TensorDType.U8 : TensorDType.F32;

    private static void Write(Stream stream, Tensor tensor)
    {
        byte* bytes = (byte*)TensorMemory.Pointer(tensor);
        long length = tensor.numel() * tensor.element_size();
        for (long done = 0; done < length; done += BytesAtOnce)
        {
            stream.Write(new ReadOnlySpan<byte>(bytes + done, (int)Math.Min(BytesAtOnce, length - done)));
        }
    }

    private static void Copy(byte* from, Tensor to)
    {
        long length = to.numel() * to.element_size();
        Buffer.MemoryCopy(from, (void*)TensorMemory.Pointer(to), length, length);
    }
}
