namespace QLoraGen;

/// <summary>Where one frozen tensor lies in the region.</summary>
/// <param name="Name">The checkpoint's key.</param>
/// <param name="Tensor">What lies there.</param>
/// <param name="Format">Its 4-bit format, or null for full precision.</param>
/// <param name="DType">Its data type where it is not quantized.</param>
/// <param name="Slot">Byte offsets of its parts; a full-precision tensor has codes alone, which are its values.</param>
public sealed record LayoutEntry(string Name, FrozenTensor Tensor, QuantFormat? Format, TensorDType DType, QuantSlot Slot);

/// <summary>
/// The one contiguous region of a frozen model: for each quantized weight its packed codes, its 8-bit absmax, its nested
/// absmax and offset; for every other tensor its values. Every part starts at a multiple of 64 bytes.
/// </summary>
/// <param name="format">The 4-bit format of quantized weights; null keeps everything in full precision.</param>
/// <param name="denseType">The data type of a full-precision tensor, by the checkpoint's key.</param>
public sealed class QuantStateLayout(QuantFormat? format, Func<string, TensorDType> denseType) : KeyedPass
{
    private readonly List<LayoutEntry> entries = [];

    /// <summary>Every frozen tensor, in the order of declaration.</summary>
    public IReadOnlyList<LayoutEntry> Entries => entries;

    /// <summary>Bytes of the whole region.</summary>
    public long Length { get; private set; }

    /// <summary>The 4-bit format of quantized weights, or null.</summary>
    public QuantFormat? Format => format;

    /// <summary>Lays out a whole model.</summary>
    public static QuantStateLayout Of(Module model, QuantFormat? format, Func<string, TensorDType> denseType)
    {
        if (model is CausalLM bound && bound.DeclaredFormat == format)
        {
            var declared = new QuantStateLayout(format, denseType);
            bound.LayDeclared(declared);
            if (declared.entries.Count > 0 && declared.IsAsDeclared)
            {
                return declared;
            }
        }
        var layout = new QuantStateLayout(format, denseType);
        model.Lay(layout);
        return layout;
    }

    /// <summary>Whether every place that a bound class gave is right: not where a checkpoint's data types are others than its config.json says.</summary>
    private bool IsAsDeclared { get; set; } = true;

    /// <summary>Places a quantized tensor at offsets that the compiler computed.</summary>
    /// <param name="path">The checkpoint's full key.</param>
    /// <param name="tensor">What lies there.</param>
    /// <param name="codes">Offset of the packed codes; the other offsets follow.</param>
    /// <param name="absmax">Of the absmax.</param>
    /// <param name="nestedAbsmax">Of the nested absmax.</param>
    /// <param name="nestedOffset">Of the mean absmax.</param>
    /// <param name="end">The first byte behind it.</param>
    public void Quantized(string path, FrozenTensor tensor, long codes, long absmax, long nestedAbsmax, long nestedOffset, long end)
    {
        Quantized(path, tensor);
        QuantSlot slot = entries[^1].Slot;
        IsAsDeclared &= (slot.Codes, slot.Absmax, slot.NestedAbsmax, slot.NestedOffset, slot.End) == (codes, absmax, nestedAbsmax, nestedOffset, end);
    }

    /// <summary>Places a full-precision tensor at an offset that the compiler computed.</summary>
    /// <param name="path">The checkpoint's full key.</param>
    /// <param name="tensor">What lies there.</param>
    /// <param name="start">Offset of its values.</param>
    /// <param name="end">The first byte behind it.</param>
    public void Dense(string path, FrozenTensor? tensor, long start, long end)
    {
        Dense(path, tensor);
        IsAsDeclared &= tensor is not null && (entries[^1].Slot.Codes, entries[^1].Slot.End) == (start, end);
    }

    /// <summary>Places a tensor that the model's policy quantizes.</summary>
    public void Quantized(string key, FrozenTensor tensor)
    {
        if (format is { } quantized)
        {
            Add(new LayoutEntry(PathOf(key), tensor, quantized, default, QuantSlot.At(Length, tensor.Count, quantized)));
        }
        else
        {
            Dense(key, tensor);
        }
    }

    /// <summary>Places a tensor that stays in the checkpoint's data type; null is one that the config leaves out.</summary>
    public void Dense(string key, FrozenTensor? tensor)
    {
        if (tensor is null)
        {
            return;
        }
        TensorDType dtype = denseType(PathOf(key));
        Add(new LayoutEntry(PathOf(key), tensor, null, dtype, QuantSlot.Dense(Length, tensor.Count, dtype)));
    }

    private protected override void Enter(Module module) => module.Lay(this);

    private void Add(LayoutEntry entry)
    {
        entries.Add(entry);
        Length = entry.Slot.End;
    }
}
