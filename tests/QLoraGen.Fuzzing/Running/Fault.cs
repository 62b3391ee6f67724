using System.Diagnostics;

namespace QLoraGen.Fuzzing.Running;

/// <summary>A case that ended in something else than a file read or a refusal in words.</summary>
/// <param name="Target">What read it.</param>
/// <param name="Index">Of the case.</param>
/// <param name="Kind">The exception's type, or <c>crash</c>, <c>hang</c>, <c>slow</c>, <c>allocation</c>, <c>memory</c>.</param>
/// <param name="What">Where it was thrown and what it said, or how the process ended.</param>
internal sealed record Fault(string Target, long Index, string Kind, string What)
{
    /// <summary>The same for faults that are probably one.</summary>
    public string Signature => $"{Target}|{Kind}|{(What.IndexOf('\n') is > 0 and var end ? What[..end] : Kind is "slow" or "allocation" ? "" : What)}";

    public static Fault Of(Target target, long index, Exception e)
    {
        StackFrame? frame = new StackTrace(e).GetFrames().FirstOrDefault(static f => f.GetMethod()?.DeclaringType?.Namespace?.StartsWith("QLoraGen", StringComparison.Ordinal) == true);
        string place = frame?.GetMethod() is { } method ? $"{method.DeclaringType!.FullName}.{method.Name}" : "?";
        return new Fault(target.Name, index, e.GetType().Name, $"at {place}\n{e.Message}\n{e.StackTrace}");
    }
}
