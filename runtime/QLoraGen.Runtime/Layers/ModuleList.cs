using System.Collections;
using System.Globalization;

namespace QLoraGen;

/// <summary>A list of modules, registered as <c>0</c>, <c>1</c>, ... as checkpoints number their layers.</summary>
/// <param name="count">How many.</param>
/// <param name="create">Makes one of them.</param>
public sealed class ModuleList<T>(int count, Func<T> create) : Module, IReadOnlyList<T>
    where T : Module
{
    private readonly T[] items = [.. Enumerable.Range(0, count).Select(_ => create())];

    /// <summary>How many modules.</summary>
    public int Count => items.Length;

    /// <summary>The module at a position.</summary>
    public T this[int index] => items[index];

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
