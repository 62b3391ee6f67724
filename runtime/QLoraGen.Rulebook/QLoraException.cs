namespace QLoraGen;

/// <summary>
/// An error that its user can mend: the message names the file, the field in it and the fix. The command line prints
/// it without a stack trace.
/// </summary>
public sealed class QLoraException(string message, Exception? inner = null) : Exception(message, inner);
