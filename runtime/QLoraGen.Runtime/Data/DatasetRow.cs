using System.Text;
using System.Text.Json;

namespace QLoraGen.Data;

/// <summary>One row of JSON, which knows where it stands in its file.</summary>
/// <param name="Where">The file and the row or line, counted from 1.</param>
/// <param name="Json">The row.</param>
internal readonly record struct DatasetRow(string Where, JsonElement Json)
{
    /// <summary>Checks the row and renders it to text, in the layout that its fields call for.</summary>
    /// <param name="keepMessages">Whether messages are kept as they are, for a chat template.</param>
    public Sample Render(bool keepMessages)
    {
        // A struct's members cannot be captured.
        DatasetRow row = this;
        return Whole(() => keepMessages && row.Json.ValueKind == JsonValueKind.Object && row.Has("messages") ? row.Kept() : row.RenderChecked());
    }

    /// <summary>What is read of the row, with an error about it where a string of it is none.</summary>
    public T Whole<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (InvalidOperationException error)
        {
            // System.Text.Json checks the escapes of a string or name only when it is read.
            throw new QLoraException($"{Where} has half of a surrogate pair in a string; write the whole character.", error);
        }
    }

    /// <summary>An error about this row.</summary>
    public QLoraException Error(string what) => new($"{Where} {what}.");

    private Sample RenderChecked() => Json.ValueKind switch
    {
        JsonValueKind.String => new(null, NotEmpty(Text(Json, "the row"), "the row")),
        JsonValueKind.Object when Has("messages") => Conversation(),
        JsonValueKind.Object when Has("instruction") => new(Instruction(), Answer("output")),
        JsonValueKind.Object when Has("prompt") => new(Field("prompt"), Answer("completion")),
        JsonValueKind.Object when Has("question") => new($"### Question:\n{Field("question")}\n\n### Answer:\n", Answer("answer")),
        JsonValueKind.Object when Has("text") => new(null, Answer("text")),
        JsonValueKind.Object => throw Error("has none of the fields that tell what it is: 'text'; 'instruction' and 'output'; 'prompt' and "
            + "'completion'; 'question' and 'answer'; or 'messages'. Rename its fields"),
        _ => throw Error($"is {Kind(Json)}; it must be a string or an object"),
    };

    private string Instruction()
    {
        string input = Has("input") ? Field("input") : "";
        return $"### Instruction:\n{Field("instruction")}\n\n{(input.Length > 0 ? $"### Input:\n{input}\n\n" : "")}### Response:\n";
    }

    /// <summary>The messages for a chat template, which knows itself what roles and contents there are.</summary>
    private Sample Kept()
    {
        JsonElement messages = Messages();
        bool learns = false;
        for (int i = 0; i < messages.GetArrayLength(); i++)
        {
            learns |= Member(messages[i], i, "role") == "assistant";
        }
        JsonElement? tools = Has("tools") ? Json.GetProperty("tools").Clone() : null;
        return learns
            ? new("", "") { Conversation = new(Where, messages.Clone(), tools) }
            : throw Error("field 'messages' has no message of the assistant, so there is nothing to learn; add one or remove the row");
    }

    /// <summary>The last turn is what is learned; every turn before it is given.</summary>
    private Sample Conversation()
    {
        JsonElement messages = Messages();
        StringBuilder prompt = new();
        int last = messages.GetArrayLength() - 1;
        for (int i = 0; ; i++)
        {
            (string role, string content) = (Member(messages[i], i, "role"), Member(messages[i], i, "content"));
            prompt.Append(role switch
            {
                "system" => "### System:\n",
                "user" => "### User:\n",
                "assistant" => "### Assistant:\n",
                _ => throw Error($"field 'messages[{i}].role' is '{role}'; it must be system, user or assistant"),
            });
            if (i == last)
            {
                return role == "assistant"
                    ? new(prompt.ToString(), NotEmpty(content, $"field 'messages[{i}].content'"))
                    : throw Error($"field 'messages[{i}].role' is '{role}', but the last message is what is learned and must be the "
                        + "assistant's; add the answer or remove what follows it");
            }
            prompt.Append(content).Append("\n\n");
        }
    }

    private JsonElement Messages() => Json.GetProperty("messages") is { ValueKind: JsonValueKind.Array } messages && messages.GetArrayLength() > 0
        ? messages
        : throw Error("field 'messages' must be an array of at least one message, each with 'role' and 'content'");

    private string Member(JsonElement message, int i, string name) =>
        message.ValueKind == JsonValueKind.Object && message.TryGetProperty(name, out JsonElement value)
            ? Text(value, $"field 'messages[{i}].{name}'")
            : throw Error($"field 'messages[{i}]' must be an object with '{name}'");

    /// <summary>Whether a field is there and not null.</summary>
    public bool Has(string name) => Json.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null;

    private string Answer(string name) => NotEmpty(Field(name), $"field '{name}'");

    /// <summary>A field that must be a string.</summary>
    public string Field(string name) => Has(name)
        ? Text(Json.GetProperty(name), $"field '{name}'")
        : throw Error($"has no field '{name}'; add it or remove the row");

    /// <summary>A text that must not be blank.</summary>
    public string NotEmpty(string text, string what) => string.IsNullOrWhiteSpace(text)
        ? throw Error($"{what} is empty, so there is nothing to learn; fill it or remove the row")
        : text;

    /// <summary>A value that must be a string.</summary>
    public string Text(JsonElement value, string what) => value.ValueKind == JsonValueKind.String
        ? value.GetString()!
        : throw Error($"{what} is {Kind(value)}; it must be a string");

    /// <summary>What a value is, in words.</summary>
    public static string Kind(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Array => "an array",
        JsonValueKind.Object => "an object",
        JsonValueKind.Number => "a number",
        JsonValueKind.String => "a string",
        JsonValueKind.Null => "null",
        _ => "a boolean",
    };
}
