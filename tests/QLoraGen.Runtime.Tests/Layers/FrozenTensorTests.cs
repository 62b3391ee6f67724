namespace QLoraGen.Runtime.Tests.Layers;

public sealed class FrozenTensorTests
{
    [Theory]
    [InlineData(0, 8)]
    [InlineData(8, -2147483648)]           // 65536 heads of 32768, in 32 bits
    [InlineData(2147483647, 2147483647)]   // fits 64 bits; its bytes in a deep model do not
    public void A_shape_that_cannot_be_is_refused_where_the_config_asks_for_it(int outFeatures, int inFeatures)
    {
        QLoraException error = Assert.Throws<QLoraException>(() => new Linear(inFeatures, outFeatures));
        Assert.Contains($"'weight' of shape [{outFeatures}, {inFeatures}]", error.Message);
        Assert.Contains("config.json", error.Message);
    }
}
