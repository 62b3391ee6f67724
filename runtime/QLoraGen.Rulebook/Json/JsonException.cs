namespace QLoraGen.Json;

/// <summary>A text that is not JSON, or not within the limits that a file of settings has.</summary>
/// <param name="position">The character at which reading stopped.</param>
/// <param name="reason">What is wrong there, without a full stop.</param>
public sealed class JsonException(int position, string reason) : Exception(reason)
{
    /// <summary>The character at which reading stopped, from the start of the text.</summary>
    public int Position { get; } = position;
}
