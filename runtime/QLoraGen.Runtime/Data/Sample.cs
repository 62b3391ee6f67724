namespace QLoraGen.Data;

/// <summary>
/// One row of a dataset, rendered to text. With a prompt, only the completion is learned; without one (a plain text), all of it.
/// </summary>
/// <param name="Prompt">What the model is given, up to where it answers; null for a plain text.</param>
/// <param name="Completion">What the model is to say; never empty.</param>
public sealed record Sample(string? Prompt, string Completion);
