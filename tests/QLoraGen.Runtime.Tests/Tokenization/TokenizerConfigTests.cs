using QLoraGen.Testing;
using QLoraGen.Tokenization;

namespace QLoraGen.Tests.Tokenization;

public sealed class TokenizerConfigTests : IDisposable
{
    private readonly TempFolder folder = new();

    public TokenizerConfigTests() => BpeTrainer.Train(["some text"], 300, folder.Path);

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("""{"bos_token": "<s>", "eos_token": "</s>"}""", null, 0, 1, true)]
    [InlineData("""{"bos_token": {"content": "</s>"}, "eos_token": {"content": "<s>"}}""", null, 1, 0, true)]
    [InlineData("""{"bos_token": "<s>", "add_bos_token": false}""", """{"eos_token_id": 1}""", 0, 1, false)]
    [InlineData("""{}""", """{"bos_token_id": 1, "eos_token_id": [0, 1]}""", 1, 0, true)]
    [InlineData("""{"eos_token": "</s>"}""", """{"eos_token_id": 0}""", 0, 1, true)]
    [InlineData(null, null, 0, null, true)]
    public void Special_ids_come_from_the_first_file_that_tells(string? tokenizer, string? model, int? bos, int? eos, bool addBos)
    {
        Tokenizer loaded = Load(tokenizer, model);
        Assert.Equal((bos, eos, addBos), (loaded.BosId, loaded.EosId, loaded.AddBos));
    }

    [Theory]
    [InlineData("""{"eos_token": "<end>"}""", null, "tokenizer_config.json: eos_token: '<end>' is not among")]
    [InlineData("""{"eos_token": 2}""", null, "tokenizer_config.json: eos_token: must be a string")]
    [InlineData("""{"add_bos_token": "yes"}""", null, "tokenizer_config.json: add_bos_token: must be true or false")]
    [InlineData("""{}""", """{"eos_token_id": -5}""", "config.json: eos_token_id: must be a token id")]
    [InlineData("""{}""", """{"eos_token_id": ["a"]}""", "config.json: eos_token_id[0]: must be a token id")]
    [InlineData("""{""", null, "tokenizer_config.json: not JSON")]
    public void A_wrong_field_is_named(string tokenizer, string? model, string message) =>
        Assert.Contains(message, Assert.Throws<QLoraException>(() => Load(tokenizer, model)).Message);

    [Fact]
    public void A_folder_without_a_tokenizer_says_what_is_expected()
    {
        File.Delete(folder.File("tokenizer.json"));
        string message = Assert.Throws<QLoraException>(() => Tokenizer.Load(folder.Path)).Message;
        Assert.StartsWith(folder.Path, message);
        Assert.Contains("tokenizer.json, tokenizer.model, or vocab.json with merges.txt", message);
    }

    [Fact]
    public void Vocab_and_merges_without_a_known_class_are_refused()
    {
        File.Delete(folder.File("tokenizer.json"));
        folder.Write("vocab.json", "{}");
        folder.Write("merges.txt", "");
        Assert.Contains("tokenizer_class", Assert.Throws<QLoraException>(() => Load("""{"tokenizer_class": "CLIPTokenizer"}""", null)).Message);
    }

    private Tokenizer Load(string? tokenizer, string? model)
    {
        File.Delete(folder.File("tokenizer_config.json"));
        if (tokenizer is not null)
        {
            folder.Write("tokenizer_config.json", tokenizer);
        }
        if (model is not null)
        {
            folder.Write("config.json", model);
        }
        return Tokenizer.Load(folder.Path);
    }
}
