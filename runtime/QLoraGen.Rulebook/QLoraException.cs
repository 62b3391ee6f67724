using QLoraGen.Rules;

namespace QLoraGen;

/// <summary>
/// An error that its user can mend: the message names the file, the field in it and the fix. The command line prints
/// it without a stack trace.
/// </summary>
public sealed class QLoraException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>The error of a rule that is broken; who knows the file says the place.</summary>
    public QLoraException(Fault fault) : this(fault.ToString()) => Fault = fault;

    /// <summary>The fault, where it is a rule's and its place is not in the message yet; else null.</summary>
    public Fault? Fault { get; }
}
