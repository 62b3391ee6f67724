using System.Text.Json;
using QLoraGen.Cli.Tests.Tool;
using QLoraGen.Testing;
using QLoraGen.Tokenization;

namespace QLoraGen.Cli.Tests;

public sealed class GenerateTests : IDisposable
{
    private readonly Qlora qlora = new();

    public void Dispose() => qlora.Dispose();

    [SharedFact]
    public void Greedy_tokens_from_bos_are_the_reference_s()
    {
        using JsonDocument reference = JsonDocument.Parse(File.ReadAllText(Path.Combine(Stories.Folder, "reference.json")));
        int[] expected = Ids(reference.RootElement, "greedy_64_from_bos");

        JsonElement result = Generate("--quant", "none", "--max-new-tokens", "64");

        Assert.Equal(expected, Ids(result, "ids"));
        Assert.Equal(64, result.GetProperty("new_tokens").GetInt32());
    }

    [SharedFact]
    public void A_seed_draws_the_same_text_again_and_another_seed_another()
    {
        string[] options = ["--prompt", "Once", "--temperature", "0.9", "--top-p", "0.95", "--max-new-tokens", "24"];

        string first = Generate([.. options, "--seed", "7"]).GetProperty("text").GetString()!;

        Assert.Equal(first, Generate([.. options, "--seed", "7"]).GetProperty("text").GetString());
        Assert.NotEqual(first, Generate([.. options, "--seed", "8"]).GetProperty("text").GetString());
    }

    [SharedFact]
    public void The_text_continues_the_prompt_as_it_was_written()
    {
        Outcome outcome = qlora.Run("generate", "--model", Stories.Folder, "--prompt", "Once upon a", "--max-new-tokens", "8").Succeeded();

        Assert.StartsWith("Once upon a time, there was", outcome.Out);
    }

    [SharedFact]
    public void A_message_is_put_as_the_chat_template_puts_it()
    {
        using TempFolder folder = new();
        foreach (string name in new[] { "config.json", "model.safetensors", "tokenizer.model", "tokenizer_config.json" })
        {
            File.Copy(Path.Combine(Stories.Folder, name), folder.File(name));
        }
        folder.Write("chat_template.jinja", "{{ bos_token }}{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}{% if add_generation_prompt %}story:{% endif %}");

        JsonElement result = qlora.Run(
            "generate", "--model", folder.Path, "--json", "--chat", "--system", "Be kind", "--prompt", "Once", "--max-new-tokens", "2").Json;

        int[] start = Tokenizer.Load(folder.Path).Encode("<s>system: Be kind\nuser: Once\nstory:", allowSpecial: true);
        Assert.Equal(start, Ids(result, "ids")[..start.Length]);
    }

    [SharedFact]
    public void A_message_to_a_model_without_a_chat_template_is_refused()
    {
        qlora.Run("generate", "--model", Stories.Folder, "--chat", "--prompt", "hi").Refuses("no chat template", "--chat");
        qlora.Run("generate", "--model", Stories.Folder, "--system", "hi").Refuses("--system", "--chat");
    }

    [SharedTheory]
    [InlineData("--max-new-tokens", "-1")]
    [InlineData("--temperature", "-0.5")]
    [InlineData("--temperature", "NaN")]
    [InlineData("--top-p", "0")]
    [InlineData("--top-p", "1.5")]
    public void An_option_out_of_its_range_is_named_with_its_value(string option, string value) =>
        qlora.Run("generate", "--model", Stories.Folder, option, value).Refuses(option, value, "use");

    [SharedFact]
    public void A_prompt_as_long_as_the_context_is_refused() =>
        qlora.Run("generate", "--model", Stories.Folder, "--prompt", string.Concat(Enumerable.Repeat("Once upon a time. ", 150)))
            .Refuses("--prompt", "512", "max_position_embeddings");

    private JsonElement Generate(params string[] more) => qlora.Run(["generate", "--model", Stories.Folder, "--json", .. more]).Json;

    private static int[] Ids(JsonElement from, string key) => [.. from.GetProperty(key).EnumerateArray().Select(static id => id.GetInt32())];
}
