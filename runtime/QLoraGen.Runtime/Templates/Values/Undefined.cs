namespace QLoraGen.Templates;

/// <summary>What a name or member that does not exist gives: it is written as nothing, is false and empty, and all else is an error.</summary>
/// <param name="message">What does not exist.</param>
internal sealed class Undefined(string message)
{
    public string Message => message;

    /// <summary>The error for a use that is none of those allowed.</summary>
    public TemplateFault Error() => new(message);
}
