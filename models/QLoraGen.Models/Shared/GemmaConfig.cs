namespace QLoraGen.Models;

/// <summary>What the configs of all Gemmas share.</summary>
public abstract record GemmaConfig : DecoderConfig
{
    public override int? HeadDim { get; init; } = 256;
    public override int MaxPositionEmbeddings { get; init; } = 8192;
    public override bool TieWordEmbeddings { get; init; } = true;
    public override string HiddenAct { get; init; } = "gelu_pytorch_tanh";
    public string? HiddenActivation { get; init; }
    public bool? UseBidirectionalAttention { get; init; }

    /// <summary>The activation: the first configs say gelu in <c>hidden_act</c> where the form by a tanh is meant.</summary>
    public string MlpActivation => HiddenActivation ?? "gelu_pytorch_tanh";

    /// <summary>What embeddings are multiplied with.</summary>
    public double EmbeddingScale => Math.Sqrt(HiddenSize);

    public override void Validate()
    {
        base.Validate();
        Require(Activation.Names.Contains(MlpActivation), "hidden_activation", MlpActivation, $"use one of {string.Join(", ", Activation.Names)}");
        Require(HiddenActivation is not null || HiddenAct is "gelu" or "gelu_pytorch_tanh", "hidden_act", HiddenAct, "Gemma takes its activation from hidden_activation");
        Require(UseBidirectionalAttention is not true, "use_bidirectional_attention", true, "attention here goes backward alone; use a model that generates text");
    }
}

/// <summary>What the configs of Gemma 2 and 3 share: limits on scores and logits, and two kinds of layers.</summary>
public abstract record AlternatingGemmaConfig : GemmaConfig
{
    public override int? SlidingWindow { get; init; } = 4096;
    public double QueryPreAttnScalar { get; init; } = 256;
    public virtual double? AttnLogitSoftcapping { get; init; }
    public virtual double? FinalLogitSoftcapping { get; init; }

    /// <summary>What scores are multiplied with.</summary>
    public double AttentionScale => 1 / Math.Sqrt(QueryPreAttnScalar);

    /// <summary>Of how many layers the last one has full attention, where the config does not list the layers.</summary>
    protected abstract int Pattern { get; }

    public bool IsLocal(int layer) => LayerTypes is null ? (layer + 1) % Pattern != 0 : IsSliding(layer);

    public override int? WindowOf(int layer) => IsLocal(layer) ? SlidingWindow : null;

    public override void Validate()
    {
        base.Validate();
        RequirePositive((nameof(QueryPreAttnScalar), QueryPreAttnScalar));
        Require(SlidingWindow is not null, "sliding_window", null, "give the window of the local layers");
        Require(AttnLogitSoftcapping is null or > 0, "attn_logit_softcapping", AttnLogitSoftcapping, "use a number above 0, or null");
        Require(FinalLogitSoftcapping is null or > 0, "final_logit_softcapping", FinalLogitSoftcapping, "use a number above 0, or null");
    }
}
