using System.Collections.Immutable;

namespace QLoraGen.Checkpoints;

/// <summary>What a safetensors header must say of its tensors for their bytes to be reached safely.</summary>
internal static class SafetensorsRules
{
    /// <summary>One tensor: its offsets are a begin and an end, as far apart as its shape and type need.</summary>
    public static TensorInfo CheckTensor(
        string name, TensorDType dtype, ImmutableArray<long> shape, ImmutableArray<long> offsets, string file)
    {
        if (offsets is not [var begin, var end] || begin > end)
        {
            throw Wrong(file, name, "data_offsets", $"is {Shapes.Shown(offsets.AsSpan())}, not a begin and an end after it");
        }
        // A zero anywhere makes an empty tensor, however large the other sizes.
        Int128 length = shape.Contains(0) ? 0 : dtype.SizeInBytes();
        foreach (long size in shape)
        {
            length = length > long.MaxValue
                ? throw Wrong(file, name, "shape", $"{Shapes.Shown(shape.AsSpan())} has more bytes than a file can hold")
                : length * size;
        }
        return length == end - begin
            ? new(name, dtype, shape, begin, end - begin)
            : throw Wrong(file, name, "data_offsets", $"{Shapes.Shown(offsets.AsSpan())} spans {end - begin} bytes, but "
                + $"{dtype.FormatName()} {Shapes.Shown(shape.AsSpan())} needs {length}");
    }

    /// <summary>All tensors: together they are the data, each byte of it in one of them.</summary>
    public static void CheckCoverage(IEnumerable<TensorInfo> tensors, long dataLength, string file)
    {
        long covered = 0, promised = 0;
        string before = "";
        TensorInfo[] sorted = [.. tensors.OrderBy(t => t.Offset).ThenBy(t => t.Length)];
        foreach (TensorInfo tensor in sorted)
        {
            promised = Math.Max(promised, tensor.Offset + tensor.Length);
        }
        if (promised > dataLength)
        {
            throw new QLoraException(
                $"{file}: is truncated: its header describes {promised} bytes of tensors, of which {dataLength} are there. "
                + "Fetch the file again.");
        }
        foreach (TensorInfo tensor in sorted)
        {
            if (tensor.Offset < covered)
            {
                throw Wrong(file, tensor.Name, "data_offsets", $"begins at {tensor.Offset}, inside tensor {Shown.Quoted(before)}");
            }
            if (tensor.Offset > covered)
            {
                throw Wrong(file, tensor.Name, "data_offsets", $"begins at {tensor.Offset} and leaves a hole after byte {covered}");
            }
            (covered, before) = (tensor.Offset + tensor.Length, tensor.Name);
        }
        if (covered < dataLength)
        {
            throw new QLoraException(
                $"{file}: {dataLength - covered} bytes after the last tensor belong to none. The file is damaged: fetch it again.");
        }
    }

    /// <summary>The error for one field of one tensor.</summary>
    public static QLoraException Wrong(string file, string tensor, string field, string what) =>
        new($"{file}: tensor {Shown.Quoted(tensor)}: {field} {what}. The file is damaged or made by a faulty writer: "
            + "fetch it again or save it anew with the safetensors library.");
}
