using System.Text.Json;
using QLoraGen.Templates;
using QLoraGen.Testing;

namespace QLoraGen.Tests.Templates;

public sealed class ChatTemplateTests : IDisposable
{
    private const string Messages = """[{"role": "user", "content": "hi"}, {"role": "assistant", "content": "yo"}]""";

    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_folder_without_a_template_has_none()
    {
        Assert.Null(ChatTemplate.Load(folder.Path));
        folder.Write("tokenizer_config.json", """{"chat_template": null}""");
        Assert.Null(ChatTemplate.Load(folder.Path));
    }

    [Fact]
    public void A_template_stands_in_the_config_or_in_a_file_of_its_own_which_wins()
    {
        folder.Write("tokenizer_config.json", """{"chat_template": "config {{ messages|length }}"}""");
        Assert.Equal("config 2", Rendered());
        folder.Write("chat_template.jinja", "file {{ messages|length }}\n");
        Assert.Equal("file 2", Rendered());
    }

    [Fact]
    public void Of_several_templates_the_default_is_taken_and_another_where_there_are_tools()
    {
        folder.Write("tokenizer_config.json", """
            {"chat_template": [{"name": "default", "template": "plain {{ tools is none }}"}, {"name": "tool_use", "template": "tools {{ tools|length }}"}]}
            """);
        Assert.Equal("plain True", Rendered());
        Assert.Equal("tools 1", Rendered(tools: "[{}]"));
        folder.Write("tokenizer_config.json", """{"chat_template": [{"name": "rag", "template": ""}]}""");
        Assert.Contains("none of its templates (rag) is named 'default'", Assert.Throws<QLoraException>(() => Rendered()).Message);
    }

    [Fact]
    public void Special_tokens_are_variables()
    {
        folder.Write("tokenizer_config.json", """
            {"bos_token": "<s>", "eos_token": {"content": "</s>"}, "pad_token": null, "additional_special_tokens": ["<x>"], "extra_special_tokens": {"image_token": "<i>"},
             "chat_template": "{{ bos_token }}{{ eos_token }}{{ pad_token is defined }}{{ additional_special_tokens[0] }}{{ image_token }}"}
            """);
        Assert.Equal("<s></s>False<x><i>", Rendered());
    }

    [Fact]
    public void A_generation_prompt_follows_where_it_is_asked_for()
    {
        folder.Write("chat_template.jinja", "{% for m in messages %}<{{ m.role }}>{{ m.content }}{% endfor %}{% if add_generation_prompt %}<assistant>{% endif %}");
        Assert.Equal("<user>hi<assistant>yo", Rendered());
        Assert.Equal("<user>hi<assistant>yo<assistant>", Rendered(prompt: true));
    }

    [Fact]
    public void An_error_names_the_file_the_field_and_the_line()
    {
        string file = folder.Write("tokenizer_config.json", """{"chat_template": "a\n{{ messages.x.y }}"}""");
        Assert.StartsWith($"{file}: chat_template: line 2: ", Assert.Throws<QLoraException>(() => Rendered()).Message);
        folder.Write("tokenizer_config.json", """{"chat_template": 5}""");
        Assert.Contains("chat_template: must be an array", Assert.Throws<QLoraException>(() => Rendered()).Message);
        folder.Write("chat_template.jinja", [0xFF, 0xFE]);
        Assert.Contains("chat_template.jinja: is not UTF-8", Assert.Throws<QLoraException>(() => Rendered()).Message);
    }

    [SharedFact]
    public void The_template_of_phi_3_renders() => Assert.Equal("<|user|>\nhi<|end|>\n<|assistant|>\nyo<|end|>\n<|user|>\nbye<|end|>\n<|assistant|>\n",
        Render(ChatTemplate.Load(SharedData.Path("tokenizers", "phi3"))!, """
            [{"role": "user", "content": "hi"}, {"role": "assistant", "content": "yo"}, {"role": "user", "content": "bye"}]
            """, prompt: true));

    private string Rendered(bool prompt = false, string? tools = null) => Render(ChatTemplate.Load(folder.Path)!, Messages, prompt, tools);

    private static string Render(ChatTemplate template, string messages, bool prompt = false, string? tools = null)
    {
        using JsonDocument json = JsonDocument.Parse(messages);
        using JsonDocument? given = tools is null ? null : JsonDocument.Parse(tools);
        return template.Render(json.RootElement, prompt, given?.RootElement);
    }
}
