using QLoraGen.Data;
using QLoraGen.Templates;
using QLoraGen.Tokenization;

namespace QLoraGen;

/// <summary>The tokens at which a model's text ends.</summary>
public static class StopTokens
{
    /// <summary>
    /// EOS; `eos_token_id` of `generation_config.json` and `config.json`, each one id or several; and the token at which the chat
    /// template ends the assistant's turns.
    /// </summary>
    /// <param name="folder">The checkpoint's folder.</param>
    /// <param name="tokenizer">Its tokenizer.</param>
    /// <param name="template">Its chat template, where the text is an answer in a conversation.</param>
    /// <exception cref="QLoraException">A file is damaged, or the template cannot be rendered.</exception>
    public static IReadOnlyCollection<int> Load(string folder, Tokenizer tokenizer, ChatTemplate? template = null)
    {
        HashSet<int> ids = [];
        if (tokenizer.EosId is { } eos)
        {
            ids.Add(eos);
        }
        foreach (string file in new[] { "generation_config.json", "config.json" }.Select(name => Path.Combine(folder, name)).Where(File.Exists))
        {
            JsonField field = JsonField.Read(file)["eos_token_id"];
            ids.UnionWith(!field.Exists ? [] : field.IsArray ? field.Items().Select(static id => id.AsId()) : [field.AsId()]);
        }
        if (template is not null && AssistantTurns.EndOfTurn(tokenizer, template) is { } end)
        {
            ids.Add(end);
        }
        return ids;
    }
}
