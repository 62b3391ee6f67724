namespace QLoraGen.Data;

/// <summary>
/// One row of a dataset, rendered to text. With a prompt, only the completion is learned; without one (a plain text), all of it.
/// </summary>
/// <param name="Prompt">What the model is given, up to where it answers; null for a plain text.</param>
/// <param name="Completion">What the model is to say; never empty.</param>
public sealed record Sample(string? Prompt, string Completion)
{
    /// <summary>
    /// The messages that a chat template is to render, of which every turn of the assistant is learned; <see cref="Prompt"/> and
    /// <see cref="Completion"/> are empty then. Null for all other rows.
    /// </summary>
    public Conversation? Conversation { get; init; }
}
