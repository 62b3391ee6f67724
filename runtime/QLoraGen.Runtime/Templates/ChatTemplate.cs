using System.Text.Json;

namespace QLoraGen.Templates;

/// <summary>
/// The chat template of a checkpoint: turns a conversation into the text that the model was trained on. It is read from
/// `chat_template.jinja`, else from `chat_template` in `tokenizer_config.json`, and rendered as transformers renders it
/// (`apply_chat_template`): Jinja with `trim_blocks`, `lstrip_blocks` and loop controls, `tojson` without HTML escapes,
/// `raise_exception`, `strftime_now` and `generation` blocks, in a sandbox in which no value can be changed.
/// </summary>
/// <remarks>
/// The rendered text is tokenized with special tokens allowed and none added, so that a special token that someone writes into a
/// message counts as one, exactly as in transformers.
/// </remarks>
public sealed class ChatTemplate
{
    private const string ForTools = "tool_use", Default = "default";

    private readonly ChatTemplateFiles files;
    private readonly Dictionary<string, Lazy<Template>> templates;

    private ChatTemplate(ChatTemplateFiles files)
    {
        this.files = files;
        templates = files.Sources.ToDictionary(
            static source => source.Key, static source => new Lazy<Template>(() => Template.Parse(source.Value.Where, source.Value.Text)));
    }

    /// <summary>Reads the chat template of a checkpoint folder; null where it has none. The template itself is read at its first use.</summary>
    /// <param name="folder">The folder of the checkpoint.</param>
    /// <exception cref="QLoraException">A file is damaged, or a field of it is not what it should be.</exception>
    public static ChatTemplate? Load(string folder) =>
        ChatTemplateFiles.Read(folder) is { Sources.Count: > 0 } files ? new(files) : null;

    /// <summary>The text of a conversation.</summary>
    /// <param name="messages">An array of objects, each with `role` and `content` and whatever else the template knows.</param>
    /// <param name="addGenerationPrompt">Whether what begins the assistant's next turn follows.</param>
    /// <param name="tools">The tools' JSON schemas, an array; null where there are none.</param>
    /// <exception cref="QLoraException">
    /// The template cannot be read or refuses the conversation; the message names file, line and reason.
    /// </exception>
    public string Render(JsonElement messages, bool addGenerationPrompt = false, JsonElement? tools = null) =>
        Render([.. messages.EnumerateArray().Select(JsonValues.Of)], addGenerationPrompt, tools is { } given ? JsonValues.Of(given) : null).Text;

    /// <summary>The text of a conversation, with the parts of it that stand in `generation` blocks.</summary>
    internal Rendering Render(IReadOnlyList<object?> messages, bool addGenerationPrompt, object? tools)
    {
        Dictionary<string, object?> variables = new(files.SpecialTokens)
        {
            ["messages"] = new TemplateList(messages),
            ["tools"] = tools,
            ["documents"] = null,
            ["add_generation_prompt"] = addGenerationPrompt,
        };
        return Choose(tools).Render(variables);
    }

    /// <summary>Whether the template says itself what the assistant writes, by `generation` blocks.</summary>
    internal bool MarksGeneration(object? tools) => Choose(tools).MarksGeneration;

    private Template Choose(object? tools) =>
        (tools is not null && templates.TryGetValue(ForTools, out Lazy<Template>? named) ? named
            : templates.GetValueOrDefault(Default)
            ?? throw new QLoraException($"{files.Where}: none of its templates ({string.Join(", ", templates.Keys)}) is named '{Default}'; "
                + "rename the one to use.")).Value;
}
