using QLoraGen.Checkpoints;
using QLoraGen.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace QLoraGen;

/// <summary>
/// A decoder that predicts the next token: frozen weights in one region, adapters in one arena. Declared classes derive
/// from it; the generator writes what their attributes mean.
/// </summary>
/// <param name="config">The model's configuration.</param>
public abstract class CausalLM(ModelConfig config) : Module
{
    /// <summary>What adapters are called that were given no name.</summary>
    public const string DefaultAdapter = "default";

    private readonly OrderedDictionary<string, AdapterArena> arenas = [];

    /// <summary>The model's configuration.</summary>
    public ModelConfig Config { get; } = config;

    /// <summary>The 4-bit format that the class declares, or null for full precision.</summary>
    public abstract QuantFormat? DeclaredFormat { get; }

    /// <summary>The adapters that the class declares, or null for none.</summary>
    public abstract LoraConfig? DeclaredAdapter { get; }

    /// <summary>The frozen weights; null before they are loaded.</summary>
    public FrozenRegion? Region { get; private set; }

    /// <summary>What lies where in <see cref="Region"/>.</summary>
    public QuantStateLayout? Layout { get; private set; }

    /// <summary>Where the model computes: <see cref="DeviceType.CPU"/>, or the device that <c>to</c> or <c>cuda</c> moved it to.</summary>
    public Device Device { get => field ?? CPU; private set; }

    /// <summary>The adapters that the model computes with; null where there are none, or none is active.</summary>
    public AdapterArena? Adapters { get; private set; }

    /// <summary>All adapters by name, in the order in which they came.</summary>
    public IReadOnlyDictionary<string, AdapterArena> AdaptersByName => arenas;

    /// <summary>
    /// Gives every frozen tensor the place that the compiler computed, where the class is bound to a checkpoint by
    /// <see cref="CheckpointAttribute"/>; does nothing elsewhere.
    /// </summary>
    protected internal virtual void LayDeclared(QuantStateLayout layout)
    {
    }

    /// <summary>What the head makes logits of: the last block's output, normalized, [batch, tokens, hidden], of token ids [batch, tokens].</summary>
    /// <param name="ids">Tokens; where there is a cache, those that follow what it holds.</param>
    /// <param name="cache">Keys and values of earlier tokens, extended by this call; or null.</param>
    public abstract Tensor Hidden(Tensor ids, KVCache? cache = null);

    /// <summary>The head: logits [..., vocabulary] of hidden states [..., hidden]. Called on the tokens alone whose logits are asked for.</summary>
    public abstract Tensor Logits(Tensor hidden);

    /// <summary>Logits [batch, tokens, vocabulary] of token ids [batch, tokens].</summary>
    /// <param name="ids">Tokens; where there is a cache, those that follow what it holds.</param>
    /// <param name="cache">Keys and values of earlier tokens, extended by this call; or null.</param>
    public Tensor Forward(Tensor ids, KVCache? cache = null) => Logits(Hidden(ids, cache));

    /// <summary>
    /// Takes the weights of a checkpoint, quantized as asked; a checkpoint that bitsandbytes quantized already keeps its own format,
    /// bit for bit, and what it has in full precision stays so.
    /// </summary>
    /// <param name="checkpoint">Where the weights come from; not needed afterwards.</param>
    /// <param name="format">The 4-bit format that weights in full precision are quantized to, or null to leave them as they are.</param>
    /// <param name="cache">Where quantized regions are kept between runs, or null.</param>
    /// <param name="notice">Told what a person should know, such as a cache that cannot be written.</param>
    /// <exception cref="QLoraException">
    /// The checkpoint does not fit the model, holds values that are not finite, or is quantized already: not as its config.json says,
    /// or where full precision is asked for.
    /// </exception>
    /// <exception cref="InvalidOperationException">The model has its weights already.</exception>
    public void LoadFrozen(Checkpoint checkpoint, QuantFormat? format, RegionCache? cache = null, Action<string>? notice = null)
    {
        RequireNoWeights();
        QuantStateLayout layout = QuantStateLayout.For(this, format, checkpoint);
        Take(layout, Freezer.Freeze(this, layout, checkpoint, cache, notice));
    }

    /// <summary>
    /// Takes the weights of a checkpoint and puts fresh adapters on them, which may begin from the weights in full precision (PiSSA,
    /// OLoRA, LoftQ). Where they take their share out of the weights, the region is a copy of the model's own in memory.
    /// </summary>
    /// <param name="checkpoint">Where the weights come from; not needed afterwards.</param>
    /// <param name="format">The 4-bit format, or null for full precision.</param>
    /// <param name="adapters">PEFT's options.</param>
    /// <param name="seed">Of what is random.</param>
    /// <param name="cache">Where quantized regions are kept between runs, or null.</param>
    /// <param name="notice">Told what a person should know, such as a cache that cannot be written.</param>
    /// <exception cref="QLoraException">As for <see cref="LoadFrozen(Checkpoint, QuantFormat?, RegionCache?, Action{string}?)"/> and <see cref="AddAdapters"/>.</exception>
    public AdapterArena LoadFrozen(
        Checkpoint checkpoint, QuantFormat? format, LoraConfig adapters, long seed, RegionCache? cache = null, Action<string>? notice = null)
    {
        RequireNoWeights();
        QuantStateLayout layout = QuantStateLayout.For(this, format, checkpoint);
        FrozenRegion region = Freezer.Freeze(this, layout, checkpoint, cache, notice);
        Take(layout, LoraStart.ChangesBase(adapters.InitLoraWeights) ? region.ToMemory() : region);
        return Add(DefaultAdapter, () => AdapterArena.Create(AdapterTargets.Of(this), adapters, seed, new OriginalWeights(checkpoint)));
    }

    /// <summary>
    /// Takes weights of the model's own making: scales at one, biases at zero, every other tensor normal with deviation
    /// 1 / sqrt(row length), so that a layer keeps the scale of what it is given.
    /// </summary>
    /// <param name="seed">Of the weights.</param>
    /// <param name="format">The 4-bit format of what the model quantizes, or null for fp32 everywhere.</param>
    public void Initialize(long seed, QuantFormat? format = null)
    {
        RequireNoWeights();
        QuantStateLayout layout = QuantStateLayout.Of(this, format, static _ => TensorDType.F32);
        Take(layout, FrozenRegion.Allocate(layout.Length));
        using var generator = new Generator((ulong)seed);
        using var _ = no_grad();
        foreach (LayoutEntry entry in layout.Entries)
        {
            if (entry.Format is not null)
            {
                using Tensor values = empty(entry.Tensor.Shape).normal_(0, 1 / Math.Sqrt(entry.Tensor.RowLength), generator);
                Quantizer.Quantize(values.data<float>().ToArray(), entry.Tensor.Quantized);
            }
            else if (entry.Tensor.Start is { } start)
            {
                entry.Tensor.Dense!.fill_(start);
            }
            else
            {
                entry.Tensor.Dense!.normal_(0, 1 / Math.Sqrt(entry.Tensor.RowLength), generator);
            }
        }
    }

    /// <summary>Puts fresh adapters on the model and computes with them from now on.</summary>
    /// <param name="config">PEFT's options.</param>
    /// <param name="seed">Of what is random.</param>
    /// <param name="name">What to call them.</param>
    /// <exception cref="InvalidOperationException">The model has adapters of this name already.</exception>
    /// <exception cref="QLoraException">The config is not valid, or one of its target modules matches nothing.</exception>
    public AdapterArena AddAdapters(LoraConfig config, long seed, string name = DefaultAdapter) => Device.type == DeviceType.CPU
        ? Add(name, () => AdapterArena.Create(AdapterTargets.Of(this), config, seed))
        : throw new QLoraException($"The model is on {Device}, and adapters are made on the CPU alone: leave the model there, or use it without adapters.");

    /// <summary>Lets the model compute with the adapters of a name, or with none.</summary>
    /// <param name="name">A key of <see cref="AdaptersByName"/>; null for the base alone.</param>
    /// <exception cref="QLoraException">There are no such adapters.</exception>
    public void Activate(string? name)
    {
        AdapterArena? next = name is null ? null : arenas.GetValueOrDefault(name) ?? throw new QLoraException(
            $"There is no adapter {Shown.Quoted(name)}: there are {(arenas.Count == 0 ? "none" : string.Join(", ", arenas.Keys))}.");
        Adapters?.Attach(on: false);
        next?.Attach();
        Adapters = next;
    }

    /// <summary>Makes adapters while none is active, and activates them; without them, all is as before.</summary>
    internal AdapterArena Add(string name, Func<AdapterArena> make)
    {
        if (arenas.ContainsKey(name))
        {
            throw new InvalidOperationException($"The model has adapters named {name} already.");
        }
        string? active = arenas.FirstOrDefault(arena => arena.Value == Adapters).Key;
        Activate(null);
        try
        {
            AdapterArena made = make();
            made.Register(arenas.Count == 0 ? null : name);
            arenas.Add(name, made);
            active = name;
        }
        finally
        {
            Activate(active);
        }
        return Adapters!;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (disposing)
        {
            foreach (AdapterArena arena in arenas.Values)
            {
                arena.Dispose();
            }
            Region?.Dispose();
        }
    }

    /// <summary>
    /// What <c>model.to(device)</c> and <c>model.cuda()</c> do: the frozen weights are copied to the device in the formats that they have,
    /// and products with 4-bit ones are made by its kernels from then on. The region stays mapped. Adapters are for the CPU alone.
    /// </summary>
    /// <exception cref="InvalidOperationException">The model has no weights yet, or has adapters already.</exception>
    /// <exception cref="Kernels.Gpu.CudaException">The device cannot be used; the message says why.</exception>
    protected override nn.Module _to(DeviceType deviceType, int deviceIndex, bool non_blocking)
    {
        if (Layout is null || arenas.Count > 0)
        {
            throw new InvalidOperationException(Layout is null
                ? "The model has no weights to be moved: load them first."
                : "The model has adapters, and these stay on the CPU: leave the model there, or move one without adapters.");
        }
        int ordinal = Math.Max(0, deviceIndex);
        DeviceProduct? kernels = deviceType == DeviceType.CUDA ? DeviceProduct.On(ordinal) : null;
        base._to(deviceType, deviceIndex, non_blocking);
        foreach (LayoutEntry entry in Layout.Entries)
        {
            entry.Tensor.Arrive(kernels);
        }
        Device = new Device(deviceType, deviceType == DeviceType.CPU ? -1 : ordinal);
        return this;
    }

    /// <summary>Refused: frozen weights keep the formats that they were loaded in.</summary>
    /// <exception cref="NotSupportedException">Always.</exception>
    protected override nn.Module _to(ScalarType dtype, bool non_blocking) => throw KeepsItsFormats();

    /// <summary>Refused: frozen weights keep the formats that they were loaded in.</summary>
    /// <exception cref="NotSupportedException">Always.</exception>
    protected override nn.Module _to(Device device, ScalarType dtype, bool non_blocking) => throw KeepsItsFormats();

    private static NotSupportedException KeepsItsFormats() =>
        new("Frozen weights keep the formats that they were loaded in: choose those when loading, and move the model with to(device) alone.");

    // Asked first: making a region places the tensors in it.
    private void RequireNoWeights()
    {
        if (Region is not null)
        {
            throw new InvalidOperationException("The model has its weights already.");
        }
    }

    internal void Take(QuantStateLayout layout, FrozenRegion region)
    {
        (Layout, Region) = (layout, region);
        foreach (LayoutEntry entry in layout.Entries)
        {
            entry.Tensor.Place(region, entry);
            entry.Tensor.Publish();
        }
    }
}
