using System.Text;
using QLoraGen.Checkpoints;

namespace QLoraGen.Runtime.Tests.Checkpoints.BitsAndBytes;

public sealed class QuantStateJsonTests
{
    [Theory]
    [InlineData(0.5f, "0.5")]
    [InlineData(0.1f, "0.10000000149011612")]
    [InlineData(1f, "1.0")]
    [InlineData(0f, "0.0")]
    [InlineData(1e-4f, "9.999999747378752e-05")]
    [InlineData(1.5e-5f, "1.4999999621068127e-05")]
    [InlineData(123456.789f, "123456.7890625")]
    public void An_offset_is_written_as_Python_writes_the_double_of_it(float offset, string written)
    {
        var state = new QuantStateJson(QuantType.NF4, 64, "bfloat16", 8, 16, offset, 256);
        string json = Encoding.UTF8.GetString(state.Write());
        Assert.Equal(
            $$"""{"quant_type": "nf4", "blocksize": 64, "dtype": "bfloat16", "shape": [8, 16], "nested_blocksize": 256, "nested_dtype": "float32", "nested_offset": {{written}}}""",
            json);
        Assert.Equal(state, QuantStateJson.Read(state.Write(), QuantType.NF4));
    }

    [Fact]
    public void Without_double_quantization_the_nested_fields_are_left_out()
    {
        var state = new QuantStateJson(QuantType.FP4, 128, "float16", 8, 16);
        Assert.Equal("""{"quant_type": "fp4", "blocksize": 128, "dtype": "float16", "shape": [8, 16]}""", Encoding.UTF8.GetString(state.Write()));
        Assert.Equal(state, QuantStateJson.Read(state.Write(), QuantType.FP4));
    }
}
