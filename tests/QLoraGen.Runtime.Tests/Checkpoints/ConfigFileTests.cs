using System.Text.Json;
using System.Text.Json.Serialization;
using QLoraGen.Checkpoints;
using QLoraGen.Testing;

namespace QLoraGen.Runtime.Tests.Checkpoints;

public sealed class ConfigFileTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [SharedTheory]
    [InlineData("stories260K", 64, 4)]
    public void A_folder_is_read_by_its_config_json(string model, int hiddenSize, int keyValueHeads)
    {
        ConfigFile config = ConfigFile.Open(SharedData.Path("models", model));

        Assert.Equal("llama", config.ModelType);
        Config read = config.Read<Config>();
        Assert.Equal((hiddenSize, keyValueHeads), (read.HiddenSize, read.NumKeyValueHeads));
    }

    [SharedFact]
    public void Every_config_of_the_shared_data_is_read()
    {
        string[] files = Directory.GetFiles(SharedData.Path("configs"), "*.json");
        Assert.NotEmpty(files);
        Assert.All(files, file => Assert.True(ConfigFile.Open(file).Read<Config>().HiddenSize > 0));
    }

    [Fact]
    public void Defaults_stand_where_keys_are_missing_and_unknown_keys_are_passed_over()
    {
        Config config = Write("""{"hidden_size":8,"num_key_value_heads":2,"unknown":[1]}""").Read<Config>();

        Assert.Equal(new Config(8) { NumKeyValueHeads = 2 }, config);
        Assert.Equal(1e-6, config.RmsNormEps);
    }

    [Theory]
    [InlineData("""{"num_key_value_heads":2}""", "(1,1): QLG403", "'hidden_size' is missing")]
    [InlineData("""{"hidden_size":8}""", "'num_key_value_heads' is missing")]
    [InlineData("""{"hidden_size":"8","num_key_value_heads":2}""", "(1,16): QLG402", "'hidden_size'", "'\"8\"'")]
    [InlineData("""{"hidden_size":8.5,"num_key_value_heads":2}""", "'hidden_size'", "'8.5'")]
    [InlineData("""{"hidden_size":99999999999,"num_key_value_heads":2}""", "'hidden_size'", "'99999999999'")]
    [InlineData("""{"hidden_size":null,"num_key_value_heads":2}""", "'hidden_size'", "'null'")]
    [InlineData("""{"hidden_size":8,"num_key_value_heads":2,"hidden_act":null}""", "'hidden_act'", "null")]
    [InlineData("""{"hidden_size":8,"num_key_value_heads":2,"rope_scaling":{}}""", "'rope_scaling", "factor")]
    [InlineData("""{"hidden_size":8,"num_key_value_heads":2,"rope_scaling":{"factor":true}}""", "QLG402", "'rope_scaling.factor'", "'true'")]
    [InlineData("""{"hidden_size":8,"num_key_value_heads":2,"rope_scaling":[]}""", "'rope_scaling'", "'[]'")]
    public void A_key_that_is_missing_or_wrong_is_named(string json, params string[] says)
    {
        ConfigFile config = Write(json);
        string message = Assert.Throws<QLoraException>(() => config.Read<Config>()).Message;
        Assert.StartsWith(config.Path, message);
        Assert.All(says, part => Assert.Contains(part, message));
    }

    [Fact]
    public void Half_a_surrogate_pair_is_refused_when_the_file_is_opened() => Assert.Contains(
        "half a surrogate pair", Assert.Throws<QLoraException>(() => Write("""{"hidden_size":8,"hidden_act":"\ud800"}""")).Message);

    [Fact]
    public void One_key_can_be_read_alone()
    {
        ConfigFile config = Write("""{"rope_scaling":{"factor":"x"},"eos_token_id":[1,2],"none":null}""");

        Assert.Equal([1, 2], config.Read<int[]>("eos_token_id"));
        Assert.Equal(JsonValueKind.Null, config.Find("none")!.Value.ValueKind);
        Assert.Null(config.Find("missing"));
        Assert.Contains("'missing' is missing", Assert.Throws<QLoraException>(() => config.Read<int>("missing")).Message);
        Assert.Contains("'model_type' is missing", Assert.Throws<QLoraException>(() => config.ModelType).Message);
        Assert.Contains("'rope_scaling.factor'", Assert.Throws<QLoraException>(() => config.Read<Scaling>("rope_scaling")).Message);
        Assert.Contains("'eos_token_id'", Assert.Throws<QLoraException>(() => config.Read<int>("eos_token_id")).Message);
        Assert.Contains("'none'", Assert.Throws<QLoraException>(() => config.Read<string>("none")).Message);
    }

    [Fact]
    public void A_record_can_read_what_it_inherits_from_a_key_of_its_own()
    {
        Renamed config = Write("""{"vocab_size":3,"n_embd":8,"num_hidden_layers":2,"hidden_size":"nobody asks"}""").Read<Renamed>();
        Assert.Equal(8, config.HiddenSize);
        Assert.Contains("'n_embd' is missing", Assert.Throws<QLoraException>(() => Write("""{"vocab_size":3,"num_hidden_layers":2}""").Read<Renamed>()).Message);
        Assert.Contains("n_embd is 0", Assert.Throws<QLoraException>(() => Write("""{"vocab_size":3,"n_embd":0,"num_hidden_layers":2}""").Read<Renamed>()).Message);
    }

    [Theory]
    [InlineData("", "not valid JSON")]
    [InlineData("[]", "is a JSON array")]
    [InlineData("3", "is a JSON number")]
    [InlineData("{} {}", "not valid JSON")]
    [InlineData("""{"\ud800":1}""", "QLG409")]
    [InlineData("""{"a":1,"a":2}""", "(1,8): QLG409: The file is not valid JSON: the name 'a' is there twice")]
    [InlineData("""{"a":{"b":1,"b":2}}""", "not valid JSON")]
    public void A_file_that_is_not_one_object_is_refused(string json, string says) =>
        Assert.Contains(says, Assert.Throws<QLoraException>(() => Write(json)).Message);

    [Fact]
    public void Bytes_that_are_not_UTF_8_are_refused()
    {
        File.WriteAllBytes(folder.File("config.json"), [(byte)'{', (byte)'"', 0xFF, (byte)'"', (byte)':', (byte)'1', (byte)'}']);
        Assert.Contains("QLG409", Assert.Throws<QLoraException>(() => ConfigFile.Open(folder.Path)).Message);
    }

    [Fact]
    public void Size_and_depth_are_limited()
    {
        Assert.Contains("at most 16000000", Assert.Throws<QLoraException>(() => Write("{}" + new string(' ', 16_000_000))).Message);
        Assert.Contains("not valid JSON", Assert.Throws<QLoraException>(
            () => Write($"{{\"a\":{new string('[', 100_000)}{new string(']', 100_000)}}}")).Message);
    }

    [LinuxFact]
    public void A_link_to_a_device_without_end_ends()
    {
        File.CreateSymbolicLink(folder.File("config.json"), "/dev/zero");
        Assert.Contains("not valid JSON", Assert.Throws<QLoraException>(() => ConfigFile.Open(folder.Path)).Message);
    }

    [Fact]
    public void A_missing_file_is_named() => Assert.Contains(
        folder.File("config.json"), Assert.Throws<QLoraException>(() => ConfigFile.Open(folder.Path)).Message);

    private ConfigFile Write(string json) => ConfigFile.Open(folder.Write("config.json", json));

    public sealed record Scaling(double Factor);

    public sealed record Renamed : ModelConfig
    {
        [JsonPropertyName("n_embd")]
        public override required int HiddenSize { get; init; }
    }

    public sealed record Config(int HiddenSize, string HiddenAct = "silu", double RmsNormEps = 1e-6, Scaling? RopeScaling = null)
    {
        public required int NumKeyValueHeads { get; init; }
    }
}
