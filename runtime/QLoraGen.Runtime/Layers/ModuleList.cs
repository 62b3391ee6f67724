using System.Collections;
using System.Globalization;
using static TorchSharp.torch;

namespace QLoraGen;

/// <summary>A list of modules, registered as <c>0</c>, <c>1</c>, ... as checkpoints number their layers.</summary>
/// <param name="count">How many.</param>
/// <param name="create">Makes the one of a number.</param>
public sealed class ModuleList<T>(int count, Func<int, T> create) : Module, IReadOnlyList<T>, IBlocks
    where T : Module
{
    private long recomputations;
    private readonly T[] items = [.. Enumerable.Range(0, count).Select(create)];

    /// <summary>Modules that are all made alike.</summary>
    /// <param name="count">How many.</param>
    /// <param name="create">Makes one of them.</param>
    public ModuleList(int count, Func<T> create) : this(count, _ => create())
    {
    }

    /// <summary>How many modules.</summary>
    public int Count => items.Length;

    /// <summary>The module at a position.</summary>
    public T this[int index] => items[index];

    /// <summary>
    /// Whether <see cref="Through"/> keeps only what goes in between two modules for the backward pass, and computes the rest again there
    /// (activation checkpointing, arXiv 1604.06174): a third more time for far less memory.
    /// </summary>
    public bool Recomputes { get; set; }

    long IBlocks.Recomputations => recomputations;

    Action<int, Tensor>? IBlocks.Watch { get; set; }

    /// <summary>Takes x through all modules, each getting what the one before it gave: the loop over a model's blocks.</summary>
    /// <param name="x">What the first one gets.</param>
    /// <param name="forward">Calls a module, given its index and its input.</param>
    public Tensor Through(Tensor x, Func<T, int, Tensor, Tensor> forward)
    {
        for (int i = 0; i < items.Length; i++)
        {
            int index = i;
            if (Recomputes && is_grad_enabled())
            {
                recomputations++;
                x = Recomputed.Apply(x, input => forward(items[index], index, input));
            }
            else
            {
                x = forward(items[index], index, x);
            }
            ((IBlocks)this).Watch?.Invoke(index, x);
        }
        return x;
    }

    /// <inheritdoc/>
    public IEnumerator<T> GetEnumerator() => ((IEnumerable<T>)items).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <inheritdoc/>
    protected override void Register() => ForEach((key, item) => register_module(key, item));

    /// <inheritdoc/>
    protected internal override void Lay(QuantStateLayout layout) => ForEach(layout.Module);

    /// <inheritdoc/>
    protected internal override void Load(CheckpointLoader checkpoint) => ForEach(checkpoint.Module);

    /// <inheritdoc/>
    protected internal override void Adapt(AdapterTargets targets) => ForEach(targets.Module);

    private void ForEach(Action<string, T> visit)
    {
        for (int i = 0; i < items.Length; i++)
        {
            visit(i.ToString(CultureInfo.InvariantCulture), items[i]);
        }
    }
}
