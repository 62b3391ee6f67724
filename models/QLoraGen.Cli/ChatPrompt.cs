using System.Text.Json;
using QLoraGen.Templates;

namespace QLoraGen.Cli;

/// <summary>A user's message as the model's chat template puts it.</summary>
internal static class ChatPrompt
{
    /// <summary>The ids of the message and of what begins the answer.</summary>
    public static int[] Ids(LoadedModel loaded, string message, string? system)
    {
        ChatTemplate template = loaded.Chat
            ?? throw new QLoraException($"{loaded.Folder}: the model has no chat template (chat_template.jinja, or chat_template in "
                + "tokenizer_config.json), which --chat needs: add one, or leave --chat out.");
        Message[] messages = system is null ? [new("user", message)] : [new("system", system), new("user", message)];
        JsonElement json = JsonSerializer.SerializeToElement(messages, JsonSerializerOptions.Web);
        // The template writes BOS itself where the model wants it.
        return loaded.Tokenizer.Encode(template.Render(json, addGenerationPrompt: true), allowSpecial: true);
    }

    private sealed record Message(string Role, string Content);
}
