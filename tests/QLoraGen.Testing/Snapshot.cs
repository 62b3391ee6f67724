using System.Runtime.CompilerServices;

namespace QLoraGen.Testing;

/// <summary>
/// Text that must stay as somebody once read and accepted it. The files follow Verify's convention:
/// <c>Class.Method.verified.ext</c> beside the test's source, or <c>Class.Method#Name.verified.ext</c> where one test
/// has several; what was received instead lies next to it, as <c>.received.</c>.
/// </summary>
public static class Snapshot
{
    /// <summary>Compares a text with its accepted file.</summary>
    /// <param name="text">What the test received.</param>
    /// <param name="extension">Of the files, without a dot.</param>
    /// <param name="name">Tells several files of one test apart; null where there is one.</param>
    /// <param name="sourceFile">The test's source, named after its class; the compiler says which.</param>
    /// <param name="method">The test; the compiler says which.</param>
    public static async Task Match(
        string text, string extension, string? name = null, [CallerFilePath] string sourceFile = "", [CallerMemberName] string method = "")
    {
        string fileName = $"{Path.GetFileNameWithoutExtension(sourceFile)}.{method}{(name is null ? "" : $"#{name}")}";
#if VERIFY
        // Built by -p:Snapshots=Verify alone, against Verify.Xunit's public API. Its build files, which reach the test
        // projects through this one, mark their assemblies [UseVerify].
        await VerifyXunit.Verifier.Verify(text, extension, sourceFile: sourceFile)
            .UseDirectory(Path.GetDirectoryName(sourceFile)!)
            .UseFileName(fileName);
#else
        bool accept = Environment.GetEnvironmentVariable(SnapshotFile.AcceptVariable) == "1";
        await new SnapshotFile(Path.GetDirectoryName(sourceFile)!, fileName, extension).Match(text, accept);
#endif
    }
}
