namespace QLoraGen.Emulation;

/// <summary>PTX that cannot be run: unknown text, a wrong access, threads that wait for each other. The message quotes the line.</summary>
internal sealed class PtxFault(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>True once the message says which instruction and which thread it happened in.</summary>
    public bool IsLocated { get; init; }
}
