using System.Runtime.CompilerServices;

namespace QLoraGen.Analyzers.Tests.Running;

/// <summary>
/// One small project with one fault, under <c>Faults/ID-what-is-wrong</c>: <c>fault</c> has the files with the fault marked
/// as <c>{|ID:...|}</c>, <c>mended</c> the same files as they should be.
/// </summary>
public sealed record FaultFolder(string Name)
{
    private static readonly string root = Path.Combine(Here(), "..", "Faults");

    /// <summary>All of them, by name.</summary>
    public static IEnumerable<FaultFolder> All => Directory.GetDirectories(root).Order(StringComparer.Ordinal).Select(static path => new FaultFolder(Path.GetFileName(path)));

    /// <summary>The rule that is broken.</summary>
    public string Id => Name[..Name.IndexOf('-', StringComparison.Ordinal)];

    /// <summary>The files with the fault, marked; by name.</summary>
    public IReadOnlyDictionary<string, string> Fault => Files("fault");

    /// <summary>The files without it.</summary>
    public IReadOnlyDictionary<string, string> Mended => Files("mended");

    private SortedDictionary<string, string> Files(string state)
    {
        string folder = Path.Combine(root, Name, state);
        return new SortedDictionary<string, string>(
            Directory.GetFiles(folder).ToDictionary(static path => Path.GetFileName(path), File.ReadAllText), StringComparer.Ordinal);
    }

    private static string Here([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
