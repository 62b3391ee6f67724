using System.Text.Json.Nodes;
using QLoraGen.Checkpoints;

namespace QLoraGen;

/// <summary>
/// A model's folder with its weights in 4 bits, as Transformers writes one with bitsandbytes: what the model's policy quantizes is
/// packed, everything else is copied. One weight at a time: the peak is one tensor in fp32 and its codes above what is mapped, so
/// that a model far larger than the memory is converted.
/// </summary>
public static class QuantizedCheckpoint
{
    /// <summary>Writes the folder, which is there whole or not at all.</summary>
    /// <param name="folder">The folder to make.</param>
    /// <param name="model">The model; it needs no weights and gets none.</param>
    /// <param name="checkpoint">Its weights in full precision; config.json and the other files are beside them.</param>
    /// <param name="format">NF4 or FP4.</param>
    /// <param name="maxShardSize">The most bytes of tensors in a file.</param>
    /// <param name="progress">Told the bytes of the checkpoint that are done.</param>
    /// <param name="cancellation">Leaves nothing behind.</param>
    /// <returns>The bytes of all tensors and the number of files that hold them.</returns>
    /// <exception cref="QLoraException">
    /// The checkpoint is not the model's or is quantized already, bitsandbytes has no such format, or the folder cannot be written.
    /// </exception>
    /// <exception cref="InvalidOperationException">The model has weights.</exception>
    public static (long Bytes, int Files) Write(
        string folder, CausalLM model, Checkpoint checkpoint, QuantFormat format, long maxShardSize = CheckpointWriter.DefaultShardSize,
        Action<long>? progress = null, CancellationToken cancellation = default)
    {
        if (model.Region is not null)
        {
            throw new InvalidOperationException("The model has weights, which would lose their places.");
        }
        if (format.Type is not (QuantType.NF4 or QuantType.FP4))
        {
            throw new QLoraException($"{format.Type} is no type that bitsandbytes can read: use nf4 or fp4.");
        }
        if (checkpoint.IsPacked)
        {
            throw new QLoraException($"{checkpoint.Folder}: is quantized already, and quantizing what is left of the weights would lose more: "
                + "use the model's original checkpoint.");
        }
        QuantStateLayout layout = QuantStateLayout.For(model, format, checkpoint);
        JsonObject config = QuantizedConfig.Of(checkpoint.Folder, model.Config, layout, format);
        var weights = new QuantizedShards(checkpoint, layout, format, maxShardSize, progress, cancellation);
        ModelFolder.Write(folder, config, checkpoint.Folder, weights.Files());
        return (weights.Bytes, weights.Count);
    }
}
