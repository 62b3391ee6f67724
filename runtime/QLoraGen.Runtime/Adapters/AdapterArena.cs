using QLoraGen.Rules;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace QLoraGen;

/// <summary>
/// All that an adapter trains (every A and B, DoRA's magnitudes, biases, copies of layers that train whole) in one contiguous
/// fp32 tensor, and their gradients in a second one. Each parameter is a view, so the optimizer's step, the norm of the gradient
/// and zeroing it are one pass over <see cref="Flat"/>.
/// </summary>
public sealed class AdapterArena : IDisposable
{
    private readonly Dictionary<Layer, LoraAdapter> byLayer;

    private AdapterArena(LoraConfig config, IReadOnlyList<ArenaView> views, Parameter flat, Tensor gradients)
    {
        (Config, Views, Flat, Gradients) = (config, views, flat, gradients);
        byLayer = views.Where(static view => view.Tensor.Role == AdapterRole.A).ToDictionary(static view => view.Layer, a =>
        {
            var own = views.Where(view => view.Layer == a.Layer).ToDictionary(static view => view.Tensor.Role, static view => view.Value);
            string path = a.Tensor.Layer;
            return new LoraAdapter(path, a.Value, own[AdapterRole.B], config.ScaleOf(path), a.Layer is Embedding ? 0 : config.LoraDropout)
            {
                Magnitude = own.GetValueOrDefault(AdapterRole.Magnitude), BiasOfB = own.GetValueOrDefault(AdapterRole.BiasOfB),
            };
        });
        Adapters = [.. byLayer.Values];
    }

    /// <summary>What the adapters were made from.</summary>
    public LoraConfig Config { get; internal set; }

    /// <summary>The adapters, in the order of declaration.</summary>
    public IReadOnlyList<LoraAdapter> Adapters { get; }

    /// <summary>Every trained tensor, in the order of <see cref="Flat"/>.</summary>
    public IReadOnlyList<ArenaView> Views { get; }

    /// <summary>All trained values as one vector; its gradient is <see cref="Gradients"/>. What optimizers are given.</summary>
    public Parameter Flat { get; }

    /// <summary>The gradients, laid out as <see cref="Flat"/>.</summary>
    public Tensor Gradients { get; }

    /// <summary>The adapters by the layers that they are for.</summary>
    internal IReadOnlyDictionary<Layer, LoraAdapter> ByLayer => byLayer;

    /// <summary>The only parameters of the model that require a gradient.</summary>
    public IEnumerable<Parameter> Parameters => Views.Select(static view => view.Value);

    /// <summary>What the base weights lost to A and B at the start, where their beginning takes it from them; else null.</summary>
    internal StartProduct? Start { get; private set; }

    /// <summary>Makes adapters for the layers that the config means; <see cref="Attach"/> puts them there.</summary>
    /// <param name="targets">The model's layers, with their weights.</param>
    /// <param name="config">PEFT's options.</param>
    /// <param name="seed">Of what is random.</param>
    /// <param name="original">The checkpoint's weights in full precision, which some ways to begin need; or null.</param>
    /// <exception cref="QLoraException">A rule of the rulebook is broken, or the way to begin needs the checkpoint.</exception>
    public static AdapterArena Create(AdapterTargets targets, LoraConfig config, long seed, OriginalWeights? original = null)
    {
        if (StartIsNotPossible.Check(config, targets.Layers).FirstOrDefault() is { } fault)
        {
            throw new QLoraException(fault.ToString());
        }
        if (LoraStart.NeedsWeights(config.InitLoraWeights) && original is null)
        {
            throw new QLoraException($"init_lora_weights is '{config.InitLoraWeights}', which begins from the weights in full precision: "
                + "make the adapters while the checkpoint is loaded.");
        }
        AdapterArena arena = Empty(targets, config);
        arena.Start = AdapterStart.Fill(arena, seed, original);
        return arena;
    }

    /// <summary>Zeros for what a config trains, to be filled from a file.</summary>
    /// <exception cref="QLoraException">A rule of the rulebook is broken.</exception>
    internal static AdapterArena Empty(AdapterTargets targets, LoraConfig config)
    {
        IReadOnlyList<AdapterTensor> tensors = targets.Trained(config);
        var layers = targets.All.ToDictionary(static target => target.Path, static target => target.Layer);
        long count = tensors.Sum(static tensor => tensor.Count), offset = 0;
        Device device = targets.All[0].Layer.Tensors[0].Device;   // where the model is
        Tensor values = zeros(count, device: device).DetachFromDisposeScope();
        Tensor gradients = zeros(count, device: device).DetachFromDisposeScope();
        List<ArenaView> views = [];
        foreach (AdapterTensor tensor in tensors)
        {
            long[] shape = [.. tensor.Shape];
            using Tensor gradient = gradients.narrow(0, offset, tensor.Count).view(shape);
            // Detached: a view that autograd knows of sends its gradient through one of the whole arena's size as soon as values change.
            using Tensor value = values.narrow(0, offset, tensor.Count).view(shape).detach();
            offset += tensor.Count;
            var view = new Parameter(value, requires_grad: true) { grad = gradient };
            view.DetachFromDisposeScope();
            views.Add(new ArenaView(tensor, layers[tensor.Layer], view));
        }
        var flat = new Parameter(values, requires_grad: true) { grad = gradients };
        flat.DetachFromDisposeScope();
        return new AdapterArena(config, views, flat, gradients);
    }

    /// <summary>Registers the parameters with their layers, once; those of a second adapter have its name behind theirs.</summary>
    internal void Register(string? name)
    {
        foreach (ArenaView view in Views)
        {
            AdapterTensor tensor = view.Tensor;
            // What stands for a frozen tensor must not take its name.
            string own = tensor.Key.Length == 0 ? tensor.Name[(tensor.Layer.Length + 1)..] : $"trained.{tensor.Key}";
            view.Layer.register_parameter(name is null ? own : $"{own}.{name}", view.Value);
        }
    }

    /// <summary>Lets the model compute with these adapters, or without them.</summary>
    internal void Attach(bool on = true)
    {
        foreach ((Layer layer, LoraAdapter adapter) in byLayer)
        {
            layer.Adapter = on ? adapter : null;
        }
        foreach (ArenaView view in Views)
        {
            view.Replaced?.Replace(on ? view.Value : null);
        }
    }

    /// <summary>
    /// Lets what depends on the adapters alone, such as DoRA's norms, be computed once until the end of the scope: for generating text,
    /// while nothing trains.
    /// </summary>
    internal IDisposable Hold()
    {
        foreach ((Layer layer, LoraAdapter adapter) in byLayer)
        {
            adapter.Hold(layer);
        }
        return new Held(Adapters);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Parameter parameter in Parameters)
        {
            parameter.Dispose();
        }
        Flat.Dispose();
        Gradients.Dispose();
        Start?.Dispose();
    }

    private sealed record Held(IReadOnlyList<LoraAdapter> Adapters) : IDisposable
    {
        public void Dispose()
        {
            foreach (LoraAdapter adapter in Adapters)
            {
                adapter.Loosen();
            }
        }
    }
}
