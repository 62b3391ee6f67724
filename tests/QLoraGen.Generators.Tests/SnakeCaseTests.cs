using QLoraGen.Generators.Reading;

namespace QLoraGen.Generators.Tests;

public sealed class SnakeCaseTests
{
    [Theory]
    [InlineData("GateProj", "gate_proj")]
    [InlineData("QProj", "q_proj")]
    [InlineData("QKVProj", "qkv_proj")]
    [InlineData("W1", "w1")]
    [InlineData("W1Proj", "w1_proj")]
    [InlineData("LmHead", "lm_head")]
    [InlineData("LMHead", "lm_head")]
    [InlineData("MLP", "mlp")]
    [InlineData("PostAttentionLayernorm", "post_attention_layernorm")]
    [InlineData("Ln_F", "ln_f")]
    [InlineData("norm", "norm")]
    [InlineData("ÉcoleBasse", "école_basse")]
    public void A_property_is_named_as_checkpoints_write_it(string property, string key) => Assert.Equal(key, SnakeCase.From(property));
}
