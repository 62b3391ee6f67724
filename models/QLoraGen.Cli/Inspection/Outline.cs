namespace QLoraGen.Cli.Inspection;

/// <summary>A model by the parts of its checkpoint's keys: a module, or a layer.</summary>
internal sealed class Outline
{
    private readonly List<Outline> children = [];

    private Outline(string key, InspectedLayer? layer) => (Key, Layer) = (key, layer);

    /// <summary>The last part of its path.</summary>
    public string Key { get; }

    /// <summary>What it is, where it is a layer.</summary>
    public InspectedLayer? Layer { get; }

    public long Bytes => Layer?.Bytes ?? children.Sum(static child => child.Bytes);

    public long Trainable => Layer?.Trainable ?? children.Sum(static child => child.Trainable);

    /// <summary>What it holds, the elements of lists in runs of the same.</summary>
    public IEnumerable<OutlineRun> Runs => children.SelectMany(static child => child.IsList ? child.Fold() : [new OutlineRun(child.Key, 1, child)]);

    private bool IsList => children.Count > 0 && children.TrueForAll(static child => child.Layer is null && child.Key.All(char.IsAsciiDigit));

    public static Outline Of(IEnumerable<InspectedLayer> layers)
    {
        var root = new Outline("", null);
        foreach (InspectedLayer layer in layers)
        {
            string[] keys = layer.Path.Split('.');
            Outline module = keys[..^1].Aggregate(root, static (at, key) => at.Module(key));
            module.children.Add(new Outline(keys[^1], layer));
        }
        return root;
    }

    private Outline Module(string key)
    {
        if (children.Find(child => child.Key == key) is not { } module)
        {
            children.Add(module = new Outline(key, null));
        }
        return module;
    }

    private IEnumerable<OutlineRun> Fold()
    {
        for (int first = 0, next; first < children.Count; first = next)
        {
            next = first + 1;
            while (next < children.Count && children[next].IsLike(children[first]))
            {
                next++;
            }
            string label = $"{Key}.{children[first].Key}";
            yield return new OutlineRun(
                next - first == 1 ? label : $"{label} .. {Key}.{children[next - 1].Key} ({next - first} x)", next - first, children[first]);
        }
    }

    private bool IsLike(Outline other) =>
        (Layer is null ? other.Layer is null : other.Layer is not null && Layer.IsLike(other.Layer))
        && children.Count == other.children.Count
        && children.Zip(other.children).All(static pair => pair.First.Key == pair.Second.Key && pair.First.IsLike(pair.Second));
}

/// <summary>Elements of a list, one after another, that are all the same; or anything else, once.</summary>
/// <param name="Label">What they are called.</param>
/// <param name="Count">How many.</param>
/// <param name="Each">One of them.</param>
internal sealed record OutlineRun(string Label, int Count, Outline Each);
