using QLoraGen.Checkpoints;
using QLoraGen.Testing;

namespace QLoraGen.Runtime.Tests.Checkpoints;

public sealed class CheckpointFilesTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("../one.safetensors")]
    [InlineData("sub/one.safetensors")]
    [InlineData("..\\\\one.safetensors")]
    [InlineData("/etc/one.safetensors")]
    [InlineData("C:\\\\one.safetensors")]
    [InlineData("C:one.safetensors")]
    [InlineData("one.safetensors\\u0000")]
    [InlineData("..")]
    [InlineData(".")]
    [InlineData("")]
    [InlineData("config.json")]
    public void A_shard_outside_the_folder_or_of_another_kind_is_refused(string shard)
    {
        // The file it leads to exists, so that nothing but the check of the name can refuse it.
        Directory.CreateDirectory(folder.File("model", "sub"));
        foreach (string place in (string[])["one.safetensors", "model/sub/one.safetensors", "model/one.safetensors", "model/config.json"])
        {
            folder.Write(place, Raw.OneTensor("a", "U8", [1], 1));
        }
        folder.Write("model/model.safetensors.index.json", $$$"""{"weight_map":{"a":"{{{shard}}}"}}""");

        Refused(folder.File("model"), "weight_map['a']", "model.safetensors.index.json");
    }

    [Fact]
    public void A_pickle_in_the_index_is_refused_as_one() => RefusedIndex("""{"weight_map":{"a":"pytorch_model.bin"}}""", "pickle");

    [Theory]
    [InlineData("""{"weight_map":{"a":"\ud800.safetensors"}}""", "half a surrogate pair")]
    [InlineData("""{"weight_map":{"\udc00":"one.safetensors"}}""", "half a surrogate pair")]
    public void A_text_that_is_none_is_refused(string json, string words) => RefusedIndex(json, words);

    [Fact]
    public void A_text_that_is_not_UTF_8_is_refused()
    {
        folder.Write("model.safetensors.index.json", [.. "{\"weight_map\":{\"a\":\""u8, 0xFF, .. ".safetensors\"}}"u8]);
        Refused(folder.Path, "not UTF-8", "model.safetensors.index.json");
    }

    [Theory]
    [InlineData("", "not valid JSON")]
    [InlineData("[]", "weight_map")]
    [InlineData("{}", "weight_map")]
    [InlineData("""{"weight_map":[]}""", "weight_map")]
    [InlineData("""{"weight_map":{}}""", "is empty")]
    [InlineData("""{"weight_map":{"a":1}}""", "is not a string")]
    [InlineData("""{"weight_map":{"a":"one.safetensors","a":"two.safetensors"}}""", "not valid JSON")]
    [InlineData("""{"weight_map":{"a":"three.safetensors"}}""", "'three.safetensors', which is not in the folder")]
    [InlineData("""{"weight_map":{"a":"one.safetensors","c":"one.safetensors"}}""", "tensor 'c' is said to be in 'one.safetensors'")]
    [InlineData("""{"weight_map":{"a":"two.safetensors","b":"one.safetensors"}}""", "it is in 'one.safetensors'")]
    public void An_index_that_is_wrong_is_refused(string index, string says) => RefusedIndex(index, says);

    [Fact]
    public void A_tensor_in_two_shards_is_refused()
    {
        folder.Write("one.safetensors", Raw.OneTensor("a", "U8", [1], 1));
        folder.Write("two.safetensors", Raw.File(Raw.TwoTensors, 19));
        folder.Write("model.safetensors.index.json", """{"weight_map":{"a":"one.safetensors","b":"two.safetensors"}}""");

        Refused(folder.Path, "tensor 'a': is in 'one.safetensors' too", "two.safetensors");
    }

    [Fact]
    public void A_tensor_that_the_index_forgets_belongs_to_the_checkpoint()
    {
        folder.Write("two.safetensors", Raw.File(Raw.TwoTensors, 19));
        folder.Write("model.safetensors.index.json", """{"weight_map":{"a":"two.safetensors"}}""");

        using Checkpoint checkpoint = Checkpoint.Open(folder.Path);
        Assert.True(checkpoint.Contains("b"));
    }

    [Fact]
    public void A_damaged_shard_is_named()
    {
        folder.Write("one.safetensors", Raw.OneTensor("a", "U8", [1], 1)[..^1]);
        folder.Write("model.safetensors.index.json", """{"weight_map":{"a":"one.safetensors"}}""");

        Refused(folder.Path, "truncated", "one.safetensors");
    }

    [Theory]
    [InlineData("pytorch_model.bin")]
    [InlineData("consolidated.00.pth")]
    [InlineData("model.pt")]
    [InlineData("model.PKL")]
    [InlineData("model.ckpt")]
    public void A_folder_of_pickles_is_refused_with_the_reason_and_the_way_out(string name)
    {
        folder.Write(name, "cos\nsystem\n");

        Refused(folder.Path, "runs whatever code", name);
        Refused(folder.Path, "safetensors.torch.save_file", name);
        Refused(folder.File(name), "runs whatever code", name);
    }

    [SharedFact]
    public void The_hostile_folder_is_refused() => Refused(SharedData.Path("hostile"), "pickle", "bad_pytorch.pt");

    [Fact]
    public void A_folder_with_nothing_to_load_says_what_is_there_instead()
    {
        Refused(folder.File("missing"), "no such folder", "missing");
        Refused(folder.Path, "neither", folder.Path);
        folder.Write("adapter_model.safetensors", Raw.OneTensor("a", "U8", [1], 1));
        Refused(folder.Path, "there is 'adapter_model.safetensors'", folder.Path);
    }

    [Fact]
    public void Two_checkpoints_in_one_folder_are_refused()
    {
        folder.Write("model.safetensors", Raw.OneTensor("a", "U8", [1], 1));
        folder.Write("model.safetensors.index.json", """{"weight_map":{"a":"model.safetensors"}}""");

        Refused(folder.Path, "holds both", folder.Path);
    }

    private void RefusedIndex(string index, string says)
    {
        folder.Write("one.safetensors", Raw.OneTensor("a", "U8", [1], 1));
        folder.Write("two.safetensors", Raw.OneTensor("b", "U8", [1], 1));
        folder.Write("model.safetensors.index.json", index);
        Refused(folder.Path, says, "model.safetensors.index.json");
    }

    private static void Refused(string path, string says, string names)
    {
        string message = Assert.Throws<QLoraException>(() => Checkpoint.Open(path).Dispose()).Message;
        Assert.Contains(says, message);
        Assert.Contains(names, message);
    }
}
