using System.Text.Json;

namespace QLoraGen.Data;

/// <summary>A row of messages, to be rendered by the model's chat template.</summary>
/// <param name="Where">The file and the row or line, for messages about it.</param>
/// <param name="Messages">An array of objects with `role`, as the template takes them.</param>
/// <param name="Tools">The tools' JSON schemas, or null.</param>
public sealed record Conversation(string Where, JsonElement Messages, JsonElement? Tools);
