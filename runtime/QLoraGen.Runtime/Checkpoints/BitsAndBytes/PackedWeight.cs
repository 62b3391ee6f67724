using System.Runtime.InteropServices;
using QLoraGen.Kernels;

namespace QLoraGen.Checkpoints;

/// <summary>
/// A weight that a checkpoint holds in 4 bits, as bitsandbytes serializes one: packed codes under the weight's own key, and the
/// parts of its quant state under that key and their names. All lengths and types are checked when it is found; its parts are
/// copied as they are.
/// </summary>
internal sealed class PackedWeight
{
    /// <summary>In the key of each packed weight's JSON.</summary>
    public const string StateMark = ".quant_state.bitsandbytes__";

    private const string Damaged = "The file is damaged or made by a faulty writer: fetch it again.";

    private static readonly TensorDType[] StorageTypes = [TensorDType.U8, TensorDType.BF16, TensorDType.F16, TensorDType.F32];

    private readonly Checkpoint checkpoint;
    private readonly string name;
    private readonly float offset;

    private PackedWeight(Checkpoint checkpoint, string name, WeightForm form, float offset) =>
        (this.checkpoint, this.name, Form, this.offset) = (checkpoint, name, form, offset);

    /// <summary>How it is quantized.</summary>
    public WeightForm Form { get; }

    /// <summary>The key of the JSON of a weight's quant state.</summary>
    public static string StateKey(string name, QuantType type) => $"{name}{StateMark}{QuantStateJson.NameOf(type)}";

    /// <summary>Whether the weight of this name is in 4 bits.</summary>
    public static bool IsAt(Checkpoint checkpoint, string name) =>
        checkpoint.Contains(StateKey(name, QuantType.NF4)) || checkpoint.Contains(StateKey(name, QuantType.FP4));

    /// <summary>The 4-bit weight of this name; null where it is not in 4 bits.</summary>
    /// <param name="checkpoint">Where it is; must outlive what is found.</param>
    /// <param name="name">The weight's key.</param>
    /// <param name="shape">The shape it must have, [out, in].</param>
    /// <exception cref="QLoraException">It has another shape, or a part of its state is missing or not what it must be.</exception>
    public static PackedWeight? Find(Checkpoint checkpoint, string name, ReadOnlySpan<long> shape)
    {
        QuantType[] types = [.. new[] { QuantType.NF4, QuantType.FP4 }.Where(type => checkpoint.Contains(StateKey(name, type)))];
        return types switch
        {
            [] => null,
            [var type] => Read(checkpoint, name, StateOf(checkpoint, StateKey(name, type), type), shape),
            _ => throw checkpoint.Wrong(name, $"has two quant states, nf4 and fp4. {Damaged}"),
        };
    }

    /// <summary>Why a tensor cannot be read as plain values, where it looks as if it was quantized; else null.</summary>
    public static string? WhyNotPlain(Checkpoint checkpoint, TensorInfo tensor)
    {
        return IsAt(checkpoint, tensor.Name)
                ? "is quantized already, in bitsandbytes' 4 bits, where full precision is needed. Use the model's original checkpoint."
            : tensor.DType == TensorDType.U8 && checkpoint.Contains($"{tensor.Name}.absmax")
                ? $"is in 4 bits by its type and its absmax, but {Shown.Quoted(StateKey(tensor.Name, QuantType.NF4))}, which says its block size "
                    + "and shape, is missing. Save the model again with Transformers and bitsandbytes."
            : tensor.DType == TensorDType.I8
                ? "is in 8 bits (LLM.int8), which is not read; 4-bit weights of bitsandbytes are. Use the model's original checkpoint."
            : null;
    }

    /// <summary>Copies all parts to the weight's place in the region.</summary>
    public unsafe void CopyTo(in QuantizedWeight weight)
    {
        checkpoint.Bytes(name).CopyTo(new Span<byte>(weight.Codes, checked((int)((weight.Count + 1) / 2))));
        ReadOnlySpan<byte> absmax = checkpoint.Bytes($"{name}.absmax");
        if (!Form.Format.DoubleQuant)
        {
            absmax.CopyTo(new Span<byte>(weight.Absmax, absmax.Length));
            return;
        }
        absmax.CopyTo(new Span<byte>(weight.AbsmaxCodes, absmax.Length));
        ReadOnlySpan<byte> nested = checkpoint.Bytes($"{name}.nested_absmax");
        nested.CopyTo(new Span<byte>(weight.NestedAbsmax, nested.Length));
        *weight.NestedOffset = offset;
        Form.OwnMap?.CopyTo(new Span<float>(weight.NestedMap, DynamicMap.Length));
    }

    private static QuantStateJson StateOf(Checkpoint checkpoint, string key, QuantType type)
    {
        try
        {
            return checkpoint.Find(key).DType == TensorDType.U8
                ? QuantStateJson.Read(checkpoint.Bytes(key), type)
                : throw new FormatException($"is {checkpoint.Find(key).DType.FormatName()}, not the U8 that it must be");
        }
        catch (FormatException e)
        {
            throw checkpoint.Wrong(key, $"{e.Message}. {Damaged}");
        }
    }

    private static PackedWeight Read(Checkpoint checkpoint, string name, QuantStateJson state, ReadOnlySpan<long> shape)
    {
        if (shape.Length != 2 || (state.Rows, state.Cols) != (shape[0], shape[1]))
        {
            throw checkpoint.Wrong(name, $"expected shape {Shapes.Shown(shape)}, found [{state.Rows}, {state.Cols}] in its quant state. "
                + "Check that config.json and the weights are of the same model.");
        }
        long count = shape[0] * shape[1], blocks = (count + state.BlockSize - 1) / state.BlockSize;   // of a FrozenTensor: no overflow
        TensorInfo codes = checkpoint.Find(name);
        if (!StorageTypes.Contains(codes.DType) || codes.Length != (count + 1) / 2)
        {
            throw checkpoint.Wrong(name, $"is {codes.DType.FormatName()} of {codes.Length} bytes, but {count} values in 4 bits are U8 of "
                + $"{(count + 1) / 2} bytes. {Damaged}");
        }
        bool nested = checkpoint.Contains($"{name}.nested_absmax");
        var format = new QuantFormat(state.Type, state.BlockSize, nested);
        RequireCodebook(checkpoint, $"{name}.quant_map", state.Type);
        if (!nested)
        {
            Floats(checkpoint, $"{name}.absmax", blocks);
            return new PackedWeight(checkpoint, name, new WeightForm(format), offset: 0);
        }
        if (state.NestedBlockSize != QuantFormat.NestedBlockSize)
        {
            throw checkpoint.Wrong(name, $"nested_blocksize is {state.NestedBlockSize} in its quant state: {QuantFormat.NestedBlockSize} is read.");
        }
        RequireForm(checkpoint, $"{name}.absmax", TensorDType.U8, blocks);
        Floats(checkpoint, $"{name}.nested_absmax", (blocks + QuantFormat.NestedBlockSize - 1) / QuantFormat.NestedBlockSize);
        float[] map = Floats(checkpoint, $"{name}.nested_quant_map", DynamicMap.Length);
        float[]? own = map.AsSpan().SequenceEqual(DynamicMap.Values) ? null : map;
        return new PackedWeight(checkpoint, name, new WeightForm(format, own), state.NestedOffset);
    }

    // The kernels have these 16 values built in, and bitsandbytes too: no build of it is known to write others.
    private static void RequireCodebook(Checkpoint checkpoint, string key, QuantType type)
    {
        float[] map = Floats(checkpoint, key, 16);
        ReadOnlySpan<float> known = Codebook.Values(type);
        for (int code = 0; code < map.Length; code++)
        {
            if (map[code] != known[code])
            {
                throw checkpoint.Wrong(key, $"code {code} means {map[code]:R}, but {QuantStateJson.NameOf(type)} has {known[code]:R}: "
                    + "weights with a code of their own are not read. Use the model's original checkpoint.");
            }
        }
    }

    private static void RequireForm(Checkpoint checkpoint, string key, TensorDType dtype, long count)
    {
        TensorInfo tensor = checkpoint.Find(key);
        if (tensor.DType != dtype || tensor.Shape is not [var length] || length != count)
        {
            throw checkpoint.Wrong(key, $"is {tensor.DType.FormatName()} {Shapes.Shown(tensor.Shape.AsSpan())}, but must be "
                + $"{dtype.FormatName()} [{count}] by the shape and blocksize of its weight. {Damaged}");
        }
    }

    private static float[] Floats(Checkpoint checkpoint, string key, long count)
    {
        RequireForm(checkpoint, key, TensorDType.F32, count);
        float[] values = new float[count];   // as many as the file has
        checkpoint.Bytes(key).CopyTo(MemoryMarshal.AsBytes(values.AsSpan()));
        int bad = Array.FindIndex(values, static value => !float.IsFinite(value));
        return bad < 0 ? values : throw checkpoint.Wrong(key, $"holds {values[bad]} at index {bad}. {Damaged}");
    }
}
