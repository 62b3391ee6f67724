using TorchSharp.Modules;
using static TorchSharp.torch;

namespace QLoraGen;

/// <summary>
/// All A and B of a model in one contiguous fp32 tensor, and their gradients in a second one. Each parameter is a view,
/// so the optimizer's step, the norm of the gradient and zeroing it are one pass over <see cref="Flat"/>.
/// </summary>
public sealed class AdapterArena : IDisposable
{
    private AdapterArena(LoraConfig config, IReadOnlyList<LoraAdapter> adapters, Parameter flat, Tensor gradients) =>
        (Config, Adapters, Flat, Gradients) = (config, adapters, flat, gradients);

    /// <summary>What the adapters were made from.</summary>
    public LoraConfig Config { get; }

    /// <summary>The adapters, in the order of declaration.</summary>
    public IReadOnlyList<LoraAdapter> Adapters { get; }

    /// <summary>Every A and B as one vector; its gradient is <see cref="Gradients"/>. What optimizers are given.</summary>
    public Parameter Flat { get; }

    /// <summary>The gradients, laid out as <see cref="Flat"/>.</summary>
    public Tensor Gradients { get; }

    /// <summary>A and B of each adapter: the only parameters of the model that require a gradient.</summary>
    public IEnumerable<Parameter> Parameters => Adapters.SelectMany(static adapter => (Parameter[])[adapter.A, adapter.B]);

    /// <summary>Number of trained values that a config means for these layers.</summary>
    public static long CountOf(IEnumerable<AdapterTarget> targets, LoraConfig config) =>
        targets.Sum(target => config.ValuesOf(target.AsLayer()));

    /// <summary>Puts adapters on the layers that the config means. A is Kaiming-uniform and B zero, as PEFT starts them.</summary>
    /// <param name="targets">The model's linear layers.</param>
    /// <param name="config">Rank, scale and target modules.</param>
    /// <param name="seed">Of A.</param>
    /// <exception cref="QLoraException">A rule of the rulebook is broken.</exception>
    public static AdapterArena Create(AdapterTargets targets, LoraConfig config, long seed)
    {
        IReadOnlyList<AdapterTarget> chosen = targets.Matching(config.Validate());
        long count = CountOf(chosen, config);
        Tensor values = zeros(count).DetachFromDisposeScope();
        Tensor gradients = zeros(count).DetachFromDisposeScope();
        using var generator = new Generator((ulong)seed);
        var adapters = new List<LoraAdapter>();
        long offset = 0;
        foreach (AdapterTarget target in chosen)
        {
            int r = config.RankOf(target.Path);
            Parameter a = View(r, target.Layer.InFeatures);
            Parameter b = View(target.Layer.OutFeatures, r);
            double bound = 1 / Math.Sqrt(target.Layer.InFeatures);   // Kaiming-uniform with a = sqrt(5)
            using (no_grad())
            {
                a.uniform_(-bound, bound, generator);
            }
            target.Layer.register_parameter("lora_A.weight", a);
            target.Layer.register_parameter("lora_B.weight", b);
            target.Layer.Adapter = new LoraAdapter(target.Path, a, b, config.ScaleOf(target.Path), config.LoraDropout);
            adapters.Add(target.Layer.Adapter);
        }
        var flat = new Parameter(values, requires_grad: true) { grad = gradients };
        flat.DetachFromDisposeScope();
        return new AdapterArena(config, adapters, flat, gradients);

        Parameter View(long rows, long cols)
        {
            using Tensor gradient = gradients.narrow(0, offset, rows * cols).view(rows, cols);
            using Tensor value = values.narrow(0, offset, rows * cols).view(rows, cols);
            offset += rows * cols;
            var view = new Parameter(value, requires_grad: true) { grad = gradient };
            view.DetachFromDisposeScope();
            return view;
        }
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
    }
}
