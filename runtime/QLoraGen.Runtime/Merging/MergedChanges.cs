using QLoraGen.Checkpoints;
using static TorchSharp.torch;

namespace QLoraGen;

/// <summary>What a model's adapters make of a checkpoint's tensors, by their names there.</summary>
internal sealed class MergedChanges
{
    private readonly Dictionary<string, Change> byTensor = [];
    private readonly Checkpoint checkpoint;

    private MergedChanges(Checkpoint checkpoint) => this.checkpoint = checkpoint;

    /// <summary>The changes.</summary>
    public IReadOnlyDictionary<string, Change> ByTensor => byTensor;

    /// <summary>
    /// Where the output head was tied to a table of embeddings that changes: the name of a head of its own, which keeps the table as it
    /// was, for adapters and copies are for the table's rows alone (so it is in PEFT); else null.
    /// </summary>
    public (string Name, string Table)? HeadOfItsOwn { get; private set; }

    /// <summary>Lists the changes.</summary>
    /// <param name="model">A model with adapters.</param>
    /// <param name="checkpoint">Its weights.</param>
    /// <param name="modelType">Its config.json's model_type.</param>
    /// <exception cref="QLoraException">The checkpoint lacks a tensor, or has no place for a change.</exception>
    public static MergedChanges Of(CausalLM model, Checkpoint checkpoint, string modelType)
    {
        var changes = new MergedChanges(checkpoint);
        AdapterArena arena = model.Adapters!;
        // A bias that trained stands before one that is added to it.
        foreach (ArenaView view in arena.Views.OrderBy(static view => view.Tensor.Role == AdapterRole.BiasOfB))
        {
            changes.Add(view, arena.ByLayer.GetValueOrDefault(view.Layer));
        }
        string head = modelType == "gpt_neox" ? "embed_out" : "lm_head";
        IReadOnlyList<AdapterTarget> layers = AdapterTargets.Of(model).All;
        // The first table is that of tokens, in every family.
        AdapterTarget? table = layers.FirstOrDefault(static target => target.Layer is Embedding);
        if (table is not null && layers.All(target => target.Path != head) && arena.Views.Any(view => view.Layer == table.Layer))
        {
            changes.HeadOfItsOwn = ($"{head}.weight", changes.NameOf(table.Path, ((Embedding)table.Layer).Weight));
        }
        return changes;
    }

    private void Add(ArenaView view, LoraAdapter? adapter)
    {
        (Layer layer, string path) = (view.Layer, view.Tensor.Layer);
        switch (view.Tensor.Role)
        {
            case AdapterRole.A:
                bool isTable = layer is Embedding;
                Add(path, Find(layer, "weight", path), weight => adapter!.MergeInto(isTable ? weight.t() : weight));
                break;
            case AdapterRole.BiasOfB:
                Add(path, Find(layer, "bias", path), adapter!.MergeIntoBias);
                break;
            case AdapterRole.Bias or AdapterRole.Whole:
                Add(path, view.Replaced!, tensor => tensor.copy_(view.Value.detach()));
                break;
        }
    }

    private static FrozenTensor Find(Layer layer, string name, string path) => layer.Tensors.FirstOrDefault(tensor => tensor.Name == name)
        ?? throw new QLoraException($"{path}: the adapter has a bias of B (lora_bias), and the model has no bias there to merge it into: use the adapter "
            + "beside the model, or train without lora_bias.");

    private void Add(string path, FrozenTensor tensor, Action<Tensor> change)
    {
        string name = NameOf(path, tensor);
        if (!byTensor.TryGetValue(name, out Change? known))
        {
            byTensor.Add(name, known = new Change(tensor));
        }
        known.Steps.Add(change);
    }

    // A checkpoint may lack the first part of every name.
    private string NameOf(string path, FrozenTensor tensor) => checkpoint.Find($"{path}.{tensor.Name}").Name;
}

/// <summary>What becomes of one tensor.</summary>
/// <param name="Tensor">The model's tensor.</param>
internal sealed record Change(FrozenTensor Tensor)
{
    /// <summary>Changes of the values in the model's own order of dimensions, one after the other.</summary>
    public List<Action<Tensor>> Steps { get; } = [];

    /// <summary>Changes the values as the checkpoint has them.</summary>
    public void Make(Tensor stored)
    {
        using IDisposable _ = no_grad();
        // A view the other way round is the same memory.
        Tensor own = Tensor.IsStoredTransposed ? stored.t() : stored;
        Steps.ForEach(step => step(own));
    }
}
