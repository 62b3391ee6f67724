using System.Text;
using QLoraGen.Checkpoints;
using QLoraGen.Tokenization;

namespace QLoraGen.Templates;

/// <summary>Finds the chat templates of a checkpoint folder and the special tokens that they may name.</summary>
/// <param name="Where">The file and field of the templates.</param>
/// <param name="Sources">Text and place of each template, by its name.</param>
/// <param name="SpecialTokens">`bos_token` and its like, as variables.</param>
internal sealed record ChatTemplateFiles(
    string Where, IReadOnlyDictionary<string, (string Where, string Text)> Sources, IReadOnlyDictionary<string, object?> SpecialTokens)
{
    private const long MaxLength = 4_000_000;

    private static readonly string[] Names = ["bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token"];

    public static ChatTemplateFiles Read(string folder)
    {
        string config = Path.Combine(folder, "tokenizer_config.json");
        JsonField root = File.Exists(config) ? JsonField.Read(config) : new(config, "", null);
        string own = Path.Combine(folder, "chat_template.jinja");
        Dictionary<string, (string Where, string Text)> sources = [];
        if (File.Exists(own))
        {
            sources["default"] = (own, ReadText(own));
            string more = Path.Combine(folder, "additional_chat_templates");
            foreach (string file in Directory.Exists(more) ? Directory.GetFiles(more, "*.jinja") : [])
            {
                sources[Path.GetFileNameWithoutExtension(file)] = (file, ReadText(file));
            }
        }
        else
        {
            AddSources(root["chat_template"], sources);
        }
        return new(File.Exists(own) ? own : root["chat_template"].Where, sources, Tokens(root));
    }

    private static void AddSources(JsonField field, Dictionary<string, (string Where, string Text)> sources)
    {
        if (field.IsString)
        {
            sources["default"] = (field.Where, field.AsString());
            return;
        }
        foreach (JsonField entry in field.Items())
        {
            sources[entry["name"].AsString()] = (entry["template"].Where, entry["template"].AsString());
        }
    }

    private static Dictionary<string, object?> Tokens(JsonField root)
    {
        Dictionary<string, object?> tokens = [];
        foreach (string name in Names.Where(name => root[name].Exists))
        {
            tokens[name] = Content(root[name]);
        }
        if (root["additional_special_tokens"].IsArray)
        {
            tokens["additional_special_tokens"] = new TemplateList([.. root["additional_special_tokens"].Items().Select(Content)]);
        }
        if (root["extra_special_tokens"].IsObject)
        {
            foreach ((string name, JsonField token) in root["extra_special_tokens"].Fields().Where(static entry => entry.Field.Exists))
            {
                tokens[name] = Content(token);
            }
        }
        return tokens;
    }

    private static string Content(JsonField token) => token.IsObject ? token["content"].AsString() : token.AsString();

    private static string ReadText(string file)
    {
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(JsonFile.Read(file, MaxLength)).TrimStart('\uFEFF');
        }
        catch (DecoderFallbackException error)
        {
            throw new QLoraException($"{file}: is not UTF-8; download the file again.", error);
        }
    }
}
