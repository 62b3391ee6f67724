using System.Text;
using System.Text.Json;
using QLoraGen.Templates;

namespace QLoraGen.Fuzzing.Targets;

/// <summary>Chat templates, which are programs from outside: rendered over a talk of several turns, with tools and without.</summary>
internal static class TemplateTargets
{
    private const string Settings = """{"bos_token": "<s>", "eos_token": {"content": "</s>"}}""";

    private static readonly JsonElement messages = JsonDocument.Parse(
        """
        [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hi {{ x }}"},
         {"role": "assistant", "content": "<think>a</think>b", "tool_calls": [{"function": {"name": "f", "arguments": {"x": 1.5}}}]},
         {"role": "user", "content": [{"type": "text", "text": "c"}]}]
        """).RootElement;

    private static readonly JsonElement tools = JsonDocument.Parse("""[{"type": "function", "function": {"name": "f", "parameters": {}}}]""").RootElement;

    public static readonly Target Template = new("template", Seeds, static folder =>
    {
        if (ChatTemplate.Load(folder) is { } template)
        {
            Render(template, addGenerationPrompt: true, null);
            Render(template, addGenerationPrompt: false, tools);
        }
    });

    // What one talk is refused for says nothing of the other.
    private static void Render(ChatTemplate template, bool addGenerationPrompt, JsonElement? given)
    {
        try
        {
            template.Render(messages, addGenerationPrompt, given);
        }
        catch (QLoraException)
        {
        }
    }

    private static IReadOnlyList<Seed> Seeds() =>
    [
        Of("{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' + message['content'] | trim + '<|im_end|>' + '\n' }}{% endfor %}"
            + "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"),
        Of("{%- if messages[0]['role'] == 'system' -%}{%- set system = messages[0]['content'] -%}{%- set messages = messages[1:] -%}{%- endif -%}"
            + "{{ bos_token }}{%- for m in messages -%}{%- if (m['role'] == 'user') != (loop.index0 % 2 == 0) -%}{{ raise_exception('Roles must alternate') }}"
            + "{%- elif m.role == 'user' -%}[INST] {{ m.content }} [/INST]{%- else -%}{{ m.content ~ eos_token }}{%- endif -%}{%- endfor -%}"),
        Of("{%- set ns = namespace(seen=false, last=messages|length - 1) %}{%- macro show(x, depth=0) %}{{ '  ' * depth }}{{ x | tojson(indent=2) }}{% endmacro %}"
            + "{%- if tools is defined and tools is not none %}{% for t in tools %}{{ show(t.function, 1) }}{% endfor %}{% endif %}"
            + "{%- for m in messages[::-1] %}{% set i = ns.last - loop.index0 %}{% if m.content is string and not ns.seen %}{% set ns.seen = true %}"
            + "{{ m.content.split('</think>')[-1].lstrip('\n').replace('a', 'b')[:20] }}{% endif %}{% if m.tool_calls %}{% for c in m.tool_calls %}"
            + "{% for k, v in c.function.arguments.items() %}{{ k ~ '=' ~ v | string }}{% endfor %}{% endfor %}{% endif %}{% endfor %}"
            + "{{ 'x' if 1 < 2 <= 3 else 7 // 2 ** 2 }}{{ range(3) | list | join(',') }}"),
        new Seed(new Dictionary<string, byte[]>
        {
            ["tokenizer_config.json"] = Encoding.UTF8.GetBytes(
                """{"bos_token": "<s>", "chat_template": [{"name": "default", "template": "{{ messages|length }}"}, {"name": "tool_use", "template": "{{ tools|length }}"}]}"""),
        }),
    ];

    private static Seed Of(string template) => new(new Dictionary<string, byte[]>
    {
        ["chat_template.jinja"] = Encoding.UTF8.GetBytes(template), ["tokenizer_config.json"] = Encoding.UTF8.GetBytes(Settings),
    });
}
