using QLoraGen.Runtime.Tests.Layers;
using QLoraGen.Testing;

namespace QLoraGen.Runtime.Tests.Checkpoints.BitsAndBytes;

/// <summary>Packed weights that are wrong in one part: each is refused with the file, the part and what it must be.</summary>
public sealed class RefusedPackedWeightTests : IDisposable
{
    private const int N = 12, K = 172, Blocks = 33;
    private const string Whole =
        """{"quant_type": "nf4", "blocksize": 64, "dtype": "float32", "shape": [12, 172], "nested_blocksize": 256, "nested_dtype": "float32", "nested_offset": 0.5}""";

    private static readonly QuantFormat nf4 = new(QuantType.NF4);
    private readonly TempFolder folder = new();
    private readonly PackedFile file = PackedFile.Of(N, K, nf4, OneLinear.Values((long)N * K, seed: 5));

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("\"blocksize\": 64", "\"blocksize\": 48", "blocksize is 48")]
    [InlineData("\"blocksize\": 64", "\"blocksize\": 4294967360", "blocksize is 4294967360")]   // 64 in its lower 32 bits
    [InlineData("\"blocksize\": 64", "\"blocksize\": \"64\"", "blocksize is missing, or not a whole number")]
    [InlineData("\"blocksize\": 64", "\"blocksize\": 128", "absmax", "U8 [33]", "U8 [17]")]
    [InlineData("\"blocksize\": 64, ", "", "blocksize is missing")]
    [InlineData("\"nf4\"", "\"fp4\"", "quant_type is 'fp4'", "nf4")]
    [InlineData("\"float32\", \"shape\"", "\"float64\", \"shape\"", "dtype is 'float64'")]
    [InlineData("[12, 172]", "[12]", "shape is not a list of two sizes")]
    [InlineData("[12, 172]", "[12, -172]", "shape is missing, or not a whole number")]
    [InlineData("[12, 172]", "[172, 12]", "expected shape [12, 172], found [172, 12]")]
    [InlineData("[12, 172]", "[4294967296, 4294967296]", "expected shape [12, 172]")]
    [InlineData("256", "128", "nested_blocksize is 128", "256 is read")]
    [InlineData("\"nested_blocksize\": 256, ", "", "nested_blocksize is 0")]
    [InlineData("\"nested_dtype\": \"float32\"", "\"nested_dtype\": \"bfloat16\"", "nested_dtype is 'bfloat16'")]
    [InlineData("0.5", "1e39", "nested_offset is not a finite number")]
    [InlineData("0.5", "NaN", "not valid JSON")]
    [InlineData("{\"quant_type\"", "{\"quant_type\": \"nf4\", \"quant_type\"", "not valid JSON")]
    [InlineData("nf4", "\\ud800", "not valid JSON")]
    public void A_field_of_the_quant_state(string found, string written, params string[] words)
    {
        file.Json(Whole.Replace(found, written));
        Refused(words);
    }

    [Theory]
    [InlineData("[]", "not a JSON object")]
    [InlineData("", "not valid JSON")]
    [InlineData("{", "not valid JSON")]
    public void A_quant_state_that_is_none(string json, string words)
    {
        file.Json(json);
        Refused("quant_state.bitsandbytes__nf4", words);
    }

    [Theory]
    [InlineData("absmax")]
    [InlineData("quant_map")]
    [InlineData("nested_quant_map")]
    public void A_part_that_is_missing(string part)
    {
        file.Remove(part);
        Refused($"has no tensor 'linear.weight.{part}'");
    }

    [Fact]
    public void Nested_absmax_that_is_missing_leaves_8_bits_where_32_must_be()
    {
        file.Remove("nested_absmax");
        Refused("'linear.weight.absmax'", "U8 [33]", "F32 [33]");
    }

    [Theory]
    [InlineData("", 1031)]
    [InlineData("", 1033)]
    [InlineData("absmax", Blocks - 1)]
    [InlineData("absmax", Blocks + 1)]
    [InlineData("nested_absmax", 4)]
    public void A_part_of_another_length_or_type(string part, int length)
    {
        file.Set(part, TensorDType.U8, [length], new byte[length]);
        Refused($"'linear.weight{(part.Length == 0 ? "" : ".")}{part}'", $"U8 ");
    }

    [Theory]
    [InlineData("nested_absmax", 1)]
    [InlineData("nested_quant_map", 256)]
    [InlineData("quant_map", 16)]
    public void Constants_that_are_not_finite(string part, int count)
    {
        float[] values = new float[count];
        values[count / 2] = float.PositiveInfinity;
        file.Floats(part, values);
        Refused($"'linear.weight.{part}'", $"index {count / 2}");
    }

    [Fact]
    public void A_code_of_its_own()
    {
        float[] map = Kernels.Codebook.Values(QuantType.NF4).ToArray();
        map[3] = MathF.BitIncrement(map[3]);
        file.Floats("quant_map", map);
        Refused("'linear.weight.quant_map'", "code 3", "nf4");
    }

    [Fact]
    public void Two_quant_states()
    {
        file.Json(Whole, "fp4");
        Refused("two quant states");
    }

    [Fact]
    public void A_weight_of_8_bits()
    {
        file.Remove("quant_state.bitsandbytes__nf4");
        file.Set("", TensorDType.I8, [N, K], new byte[N * K]);
        Refused("LLM.int8", "original checkpoint");
    }

    [Fact]
    public void A_config_that_says_nothing_of_it() => Refused(null, nf4, "no quantization_config", folder.Path);

    [Fact]
    public void A_config_that_leaves_the_type_to_bitsandbytes_defaults() => Refused(
        new QuantizationConfig { LoadIn4Bit = true }, nf4, "is in nf4 with double quantization", "says fp4 without", "bnb_4bit_quant_type");

    [Fact]
    public void A_config_without_double_quantization() => Refused(
        PackedFile.ConfigOf(nf4 with { DoubleQuant = false }), nf4, "nf4 with double quantization", "nf4 without double quantization");

    [Fact]
    public void Full_precision() => Refused(PackedFile.ConfigOf(nf4), null, "full precision cannot be had", "original checkpoint");

    [SharedTheory]
    [InlineData("pico_nf4_linear.safetensors", 6, 20)]
    [InlineData("pico_nf4_doublequant.safetensors", 6, 20)]
    public void Codes_without_their_quant_state(string name, int n, int k)
    {
        File.Copy(SharedData.Path("bnb", name), folder.File("model.safetensors"));
        QLoraException error = Assert.Throws<QLoraException>(
            () => PackedFile.LoadFrom(folder.Path, n, k, PackedFile.ConfigOf(nf4), nf4, "model.layers.0.self_attn.q_proj"));
        Assert.Contains("'model.layers.0.self_attn.q_proj.weight.quant_state.bitsandbytes__nf4'", error.Message);
    }

    private void Refused(params string[] words) => Refused(PackedFile.ConfigOf(nf4), nf4, words);

    private void Refused(QuantizationConfig? config, QuantFormat? format, params string[] words)
    {
        QLoraException error = Assert.Throws<QLoraException>(() => file.Load(folder, N, K, config, format));
        Assert.All(words, word => Assert.Contains(word, error.Message));
    }
}
