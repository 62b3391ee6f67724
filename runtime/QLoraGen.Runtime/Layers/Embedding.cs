using static TorchSharp.torch;

namespace QLoraGen;

/// <summary>A table of token embeddings [numEmbeddings, embeddingDim].</summary>
public sealed class Embedding : Layer
{
    private readonly int numEmbeddings, embeddingDim;

    /// <summary>A table without values yet.</summary>
    /// <param name="numEmbeddings">Size of the vocabulary.</param>
    /// <param name="embeddingDim">Width of the model.</param>
    public Embedding(int numEmbeddings, int embeddingDim)
    {
        (this.numEmbeddings, this.embeddingDim) = (numEmbeddings, embeddingDim);
        Weight = new FrozenTensor(this, "weight", numEmbeddings, embeddingDim);
    }

    /// <summary>The table.</summary>
    [TensorShape("numEmbeddings", "embeddingDim")]
    public FrozenTensor Weight { get; }

    /// <summary>
    /// Amount of uniform noise on embeddings in training, in units of 1 / sqrt(tokens * embeddingDim) (NEFTune, arXiv 2310.05914); 0 is none.
    /// </summary>
    public double NoiseAlpha { get; set; }

    /// <inheritdoc/>
    internal override (int In, int Out)? AdapterSizes => (numEmbeddings, embeddingDim);

    /// <inheritdoc/>
    internal override Tensor NormsWith(LoraAdapter adapter) => DoraNorm.OfColumns(Weight, adapter);

    /// <summary>fp32 embeddings [..., embeddingDim] of token ids [...], where the table is, wherever the ids are.</summary>
    public Tensor Forward(Tensor ids)
    {
        Tensor rows = ids.reshape(-1).to(Weight.Device), found = Weight.Dense!.index_select(0, rows).to(ScalarType.Float32);
        if (Adapter is not null)
        {
            found = found.addmm(Adapter.A.index_select(1, rows).t(), Adapter.B.t(), alpha: (float)Adapter.Scale);
            found = Adapter.Finish(found, this);
        }
        Tensor embedded = found.view([.. ids.shape, -1]);
        if (!training || NoiseAlpha == 0)
        {
            return embedded;
        }
        double most = NoiseAlpha / Math.Sqrt(embedded.shape[^1] * embedded.shape[^2]);
        using Tensor noise = empty_like(embedded).uniform_(-most, most);
        return embedded + noise;
    }

    /// <summary>
    /// Logits [..., numEmbeddings] of hidden states, where the output head is tied to this table. As in PEFT, adapters and copies
    /// of the table are for its rows alone: the head keeps the base's.
    /// </summary>
    public Tensor Unembed(Tensor hidden)
    {
        FrozenTensor head = Weight.Base;
        return head.Dense is { requires_grad: true } trained
            ? nn.functional.linear(hidden, trained)
            : FrozenLinear.Apply(hidden, head, adapter: null, training: false);
    }
}
