using QLoraGen.Checkpoints;

namespace QLoraGen;

/// <summary>Where one frozen tensor lies in the region.</summary>
/// <param name="Name">The checkpoint's key.</param>
/// <param name="Tensor">What lies there.</param>
/// <param name="Format">Its 4-bit format, or null for full precision.</param>
/// <param name="DType">Its data type where it is not quantized.</param>
/// <param name="Slot">Byte offsets of its parts; a full-precision tensor has codes alone, which are its values.</param>
public sealed record LayoutEntry(string Name, FrozenTensor Tensor, QuantFormat? Format, TensorDType DType, QuantSlot Slot)
{
    /// <summary>Offset of the 256 fp32 of the checkpoint's own <c>nested_quant_map</c>; null where it is the usual one, or there is none.</summary>
    public long? NestedMap { get; init; }
}

/// <summary>
/// The one contiguous region of a frozen model: for each quantized weight its packed codes, its 8-bit absmax, its nested
/// absmax and offset; for every other tensor its values. Every part starts at a multiple of 64 bytes. Where a checkpoint that is
/// quantized already brings a map of its own for 8-bit absmax, that stands once before the first weight that is read with it.
/// </summary>
/// <param name="format">The 4-bit format of quantized weights; null keeps everything in full precision.</param>
/// <param name="denseType">The data type of a full-precision tensor, by the checkpoint's key.</param>
public sealed class QuantStateLayout(QuantFormat? format, Func<string, TensorDType> denseType) : KeyedPass
{
    private readonly List<LayoutEntry> entries = [];
    private readonly List<(float[] Map, long Offset)> maps = [];
    private Forms? forms;

    /// <summary>Every frozen tensor, in the order of declaration.</summary>
    public IReadOnlyList<LayoutEntry> Entries => entries;

    /// <summary>Bytes of the whole region.</summary>
    public long Length { get; private set; }

    /// <summary>The 4-bit format of quantized weights, or null.</summary>
    public QuantFormat? Format => format;

    /// <summary>Lays out a whole model.</summary>
    public static QuantStateLayout Of(Module model, QuantFormat? format, Func<string, TensorDType> denseType) =>
        Of(model, format, denseType, null);

    /// <summary>Lays out a whole model as the checkpoint's weights, or those that its config tells of, will lie in the region.</summary>
    /// <param name="model">The model.</param>
    /// <param name="format">The 4-bit format of what is quantized here, or null for full precision.</param>
    /// <param name="checkpoint">Its weights; null to go by the config alone.</param>
    /// <exception cref="QLoraException">The checkpoint is quantized already, and not as its config says or not at all readable.</exception>
    public static QuantStateLayout For(CausalLM model, QuantFormat? format, Checkpoint? checkpoint) => Of(
        model, format, checkpoint is null ? _ => model.Config.WeightType : name => checkpoint.Find(name).DType,
        StoredForms.Of(model.Config, checkpoint, format));

    private static QuantStateLayout Of(Module model, QuantFormat? format, Func<string, TensorDType> denseType, Forms? forms)
    {
        if (model is CausalLM bound && bound.DeclaredFormat == format)
        {
            var declared = new QuantStateLayout(format, denseType) { forms = forms };
            bound.LayDeclared(declared);
            if (declared.entries.Count > 0 && declared.IsAsDeclared)
            {
                return declared;
            }
        }
        var layout = new QuantStateLayout(format, denseType) { forms = forms };
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
    public void Quantized(string key, FrozenTensor tensor) => Place(PathOf(key), tensor, format is { } quantized ? new WeightForm(quantized) : null);

    /// <summary>Places a tensor that stays in the checkpoint's data type; null is one that the config leaves out.</summary>
    public void Dense(string key, FrozenTensor? tensor)
    {
        if (tensor is not null)
        {
            Place(PathOf(key), tensor, null);
        }
    }

    private protected override void Enter(Module module) => module.Lay(this);

    private void Place(string name, FrozenTensor tensor, WeightForm? policy)
    {
        if ((forms is null ? policy : forms(name, tensor, policy)) is { } form)
        {
            long? map = form.OwnMap is { } own ? PlaceOf(own) : null;
            Add(new LayoutEntry(name, tensor, form.Format, default, QuantSlot.At(Length, tensor.Count, form.Format)) { NestedMap = map });
        }
        else
        {
            TensorDType dtype = denseType(name);
            Add(new LayoutEntry(name, tensor, null, dtype, QuantSlot.Dense(Length, tensor.Count, dtype)));
        }
    }

    // Weights that were quantized by one build of bitsandbytes share its map.
    private long PlaceOf(float[] map)
    {
        if (maps.Find(known => known.Map.AsSpan().SequenceEqual(map)) is { Map: not null } found)
        {
            return found.Offset;
        }
        maps.Add((map, Length));
        Length += map.Length * sizeof(float);   // a multiple of the alignment
        return maps[^1].Offset;
    }

    private void Add(LayoutEntry entry)
    {
        entries.Add(entry);
        Length = entry.Slot.End;
    }
}
