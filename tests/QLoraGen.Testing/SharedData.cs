using System.Runtime.CompilerServices;
using Xunit;

namespace QLoraGen.Testing;

/// <summary>The public test data that lives beside the repository, in <c>../shared/data</c>, and is not part of it.</summary>
public static class SharedData
{
    /// <summary>The folder, or null where this machine does not have it.</summary>
    public static string? Root { get; } = Find();

    /// <summary>The full path of a file or folder of the shared data, named by its parts.</summary>
    public static string Path(params string[] parts) =>
        System.IO.Path.Combine([Root ?? throw new InvalidOperationException("no shared data; mark the test [SharedFact]"), .. parts]);

    private static string? Find([CallerFilePath] string thisFile = "")
    {
        foreach (string start in (string[])[AppContext.BaseDirectory, thisFile])
        {
            for (DirectoryInfo? folder = new(start); folder is not null; folder = folder.Parent)
            {
                string candidate = System.IO.Path.Combine(folder.FullName, "shared", "data");
                if (Directory.Exists(candidate))
                {
                    return candidate;
                }
            }
        }
        return null;
    }
}

/// <summary>A fact about the shared data: skipped, visibly, where the data is missing.</summary>
public sealed class SharedFactAttribute : FactAttribute
{
    public SharedFactAttribute() => Skip = SharedData.Root is null ? "needs ../shared/data" : null;
}

/// <summary>A theory about the shared data: skipped, visibly, where the data is missing.</summary>
public sealed class SharedTheoryAttribute : TheoryAttribute
{
    public SharedTheoryAttribute() => Skip = SharedData.Root is null ? "needs ../shared/data" : null;
}
