using static TorchSharp.torch;

namespace QLoraGen;

/// <summary>A table of token embeddings [numEmbeddings, embeddingDim].</summary>
public sealed class Embedding : Layer
{
    /// <summary>A table without values yet.</summary>
    /// <param name="numEmbeddings">Size of the vocabulary.</param>
    /// <param name="embeddingDim">Width of the model.</param>
    public Embedding(int numEmbeddings, int embeddingDim) =>
        Weight = new FrozenTensor(this, "weight", numEmbeddings, embeddingDim);

    /// <summary>The table.</summary>
    [TensorShape("numEmbeddings", "embeddingDim")]
    public FrozenTensor Weight { get; }

    /// <summary>
    /// Amount of uniform noise on embeddings in training, in units of 1 / sqrt(tokens * embeddingDim) (NEFTune, arXiv 2310.05914); 0 is none.
    /// </summary>
    public double NoiseAlpha { get; set; }

    /// <summary>fp32 embeddings [..., embeddingDim] of token ids [...], where the table is, wherever the ids are.</summary>
    public Tensor Forward(Tensor ids)
    {
        Tensor embedded = Weight.Dense!.index_select(0, ids.reshape(-1).to(Weight.Device)).view([.. ids.shape, -1]).to(ScalarType.Float32);
        if (!training || NoiseAlpha == 0)
        {
            return embedded;
        }
        double most = NoiseAlpha / Math.Sqrt(embedded.shape[^1] * embedded.shape[^2]);
        using Tensor noise = empty_like(embedded).uniform_(-most, most);
        return embedded + noise;
    }

    /// <summary>Logits [..., numEmbeddings] of hidden states, where the output head is tied to this table.</summary>
    public Tensor Unembed(Tensor hidden) => Weight.Dense is { requires_grad: true } trained
        ? nn.functional.linear(hidden, trained)
        : FrozenLinear.Apply(hidden, Weight, adapter: null, training: false);
}
