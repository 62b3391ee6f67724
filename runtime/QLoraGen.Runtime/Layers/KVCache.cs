using static TorchSharp.torch;

namespace QLoraGen;

/// <summary>Keys and values of the tokens generated so far, one <see cref="LayerCache"/> a layer.</summary>
/// <param name="layers">Number of attention layers.</param>
public sealed class KVCache(int layers) : IDisposable
{
    private readonly LayerCache[] layers = [.. Enumerable.Range(0, layers).Select(_ => new LayerCache())];

    /// <summary>Number of tokens that every layer holds.</summary>
    public long Length => layers[^1].Length;

    /// <summary>One layer's part.</summary>
    public LayerCache this[int layer] => layers[layer];

    /// <summary>Forgets all tokens.</summary>
    public void Clear() => Array.ForEach(layers, static layer => layer.Clear());

    /// <inheritdoc/>
    public void Dispose() => Array.ForEach(layers, static layer => layer.Dispose());
}

/// <summary>Keys and values [batch, heads, tokens, headDim] of one layer.</summary>
public sealed class LayerCache : IDisposable
{
    private Tensor? keys;
    private Tensor? values;

    /// <summary>Number of tokens held.</summary>
    public long Length => keys?.shape[2] ?? 0;

    /// <summary>Appends new tokens and gives all.</summary>
    public (Tensor Keys, Tensor Values) Append(Tensor newKeys, Tensor newValues)
    {
        Tensor allKeys = keys is null ? newKeys.clone() : cat([keys, newKeys], 2);
        Tensor allValues = values is null ? newValues.clone() : cat([values, newValues], 2);
        Dispose();
        (keys, values) = (allKeys.DetachFromDisposeScope(), allValues.DetachFromDisposeScope());
        return (keys, values);
    }

    /// <summary>Forgets all tokens.</summary>
    public void Clear()
    {
        Dispose();
        (keys, values) = (null, null);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        keys?.Dispose();
        values?.Dispose();
    }
}
