using System.Text.Json.Nodes;
using QLoraGen.Checkpoints;

namespace QLoraGen;

/// <summary>
/// A model's folder with an adapter merged into its weights: every adapted W becomes W + scale B A, computed in fp32 from the
/// checkpoint's weights and rounded once. Always from weights in full precision, never from the 4 bits that the adapter was trained
/// on: what an adapter changes is small beside a step between two of 16 levels, and rounding the sum to 4 bits loses much of it
/// (huggingface/transformers#31293).
/// </summary>
public static class MergedModel
{
    internal const string GiveTheOriginal = "an adapter is merged into weights in full precision, for rounding the sum to 4 bits again loses much "
        + "of what was learned (transformers#31293). Give the folder of the original model, from before it was quantized.";

    /// <summary>
    /// Writes the folder: weights, <c>config.json</c> with the new type and without <c>quantization_config</c>, and what else a loader
    /// reads (tokenizer, chat template, generation settings). It is there whole or not at all. An output head that was tied to embeddings
    /// which change gets a tensor of its own.
    /// </summary>
    /// <param name="folder">The folder to make.</param>
    /// <param name="model">A model with adapters. Its own weights are not needed, nor changed.</param>
    /// <param name="checkpoint">The weights in full precision; <c>config.json</c> and the other files are beside them.</param>
    /// <param name="dtype">F32, F16 or BF16.</param>
    /// <param name="maxShardSize">The most bytes of tensors in a file.</param>
    /// <param name="cancellation">Leaves nothing behind.</param>
    /// <returns>The bytes of all tensors and the number of files that hold them.</returns>
    /// <exception cref="QLoraException">The checkpoint is not the model's or is in 4 bits, or the folder cannot be written.</exception>
    public static (long Bytes, int Files) Write(
        string folder, CausalLM model, Checkpoint checkpoint, TensorDType dtype = TensorDType.BF16,
        long maxShardSize = CheckpointWriter.DefaultShardSize, CancellationToken cancellation = default)
    {
        if (model.Adapters is null)
        {
            throw new InvalidOperationException("The model has no adapters to merge.");
        }
        if (checkpoint.IsPacked)
        {
            throw new QLoraException($"{checkpoint.Folder}: the weights are in bitsandbytes' 4 bits: {GiveTheOriginal}");
        }
        JsonObject config = JsonObject.Create(ConfigFile.Open(checkpoint.Folder).Root)!;
        MergedChanges changes = MergedChanges.Of(model, checkpoint, (string?)config["model_type"] ?? "");
        IReadOnlyList<TensorToWrite> tensors = new MergedTensors(checkpoint, dtype, cancellation).Of(changes);
        config.Remove("quantization_config");   // of weights in full precision it asks for what was not done
        SetType(config, dtype);
        if (changes.HeadOfItsOwn is not null)
        {
            config["tie_word_embeddings"] = false;
        }
        IReadOnlyList<(string Name, Action<Stream> Write)> weights = CheckpointWriter.Files(tensors, maxShardSize);
        ModelFolder.Write(folder, config, checkpoint.Folder, weights);
        return (tensors.Sum(static tensor => tensor.Length), weights.Count(static file => file.Name != CheckpointFiles.Index));
    }

    // Newer versions of Transformers say dtype, and a model in another's config repeats it.
    private static void SetType(JsonObject config, TensorDType dtype)
    {
        config[config.ContainsKey("dtype") ? "dtype" : "torch_dtype"] = dtype.ConfigName();
        foreach (JsonObject part in config.Select(static entry => entry.Value).OfType<JsonObject>())
        {
            foreach (string key in (string[])["dtype", "torch_dtype"])
            {
                if (part.ContainsKey(key))
                {
                    part[key] = dtype.ConfigName();
                }
            }
        }
    }
}
