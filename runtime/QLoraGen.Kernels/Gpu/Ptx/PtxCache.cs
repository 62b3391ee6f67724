using System.Security.Cryptography;
using System.Text;

namespace QLoraGen.Kernels.Gpu;

/// <summary>
/// Compiled kernels on disk, found by what they were made from: this assembly's build, the kernel and its specialisation.
/// A file whose hash does not hold is compiled anew; a folder that cannot be written costs time alone.
/// </summary>
/// <param name="folder">Where the files lie; made when first needed.</param>
internal sealed class PtxCache(string folder)
{
    /// <summary>ptx under QLORAGEN_CACHE, else under qloragen in the user's cache folder.</summary>
    public static string DefaultFolder => Path.Combine(
        Environment.GetEnvironmentVariable("QLORAGEN_CACHE") is { Length: > 0 } named ? named
        : Path.Combine(
            Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } cache ? cache
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache"),
            "qloragen"),
        "ptx");

    /// <summary>Where the files lie.</summary>
    public string Folder => folder;

    /// <summary>How many kernels this object had to compile.</summary>
    public int Compiled { get; private set; }

    /// <summary>Why the last compiled kernel could not be kept, or null.</summary>
    public string? NotKept { get; private set; }

    /// <summary>The file that keeps a kernel.</summary>
    public string FileOf(KernelSource source)
    {
        string key = $"{typeof(PtxCache).Module.ModuleVersionId} {source.Method.DeclaringType} {source.Method} {source}";
        return Path.Combine(folder, $"{source.Name}-{Hash(key)[..16]}.ptx");
    }

    /// <summary>The kernel, from disk or from the compiler.</summary>
    public PtxKernel Get(KernelSource source)
    {
        string file = FileOf(source);
        if (Read(file) is { } kept)
        {
            return kept;
        }
        PtxKernel kernel = PtxCompiler.Compile(source);
        Compiled++;
        NotKept = Write(file, kernel);
        return kernel;
    }

    // The first line is "// hash entry", over the entry and the text behind it.
    private static PtxKernel? Read(string file)
    {
        string content;
        try
        {
            content = File.ReadAllText(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;   // not there, or not ours to read: compiling gives the same
        }
        int end = content.IndexOf('\n', StringComparison.Ordinal);
        string[] head = end < 0 ? [] : content[..end].Split(' ');
        if (head is not ["//", { } hash, { } entry])
        {
            return null;
        }
        var kernel = new PtxKernel(entry, content[(end + 1)..]);
        return hash == Hash($"{kernel.Entry}\n{kernel.Text}") ? kernel : null;
    }

    private string? Write(string file, PtxKernel kernel)
    {
        string temporary = $"{file}.{Environment.ProcessId}.{Guid.NewGuid():N}";
        try
        {
            Directory.CreateDirectory(folder);
            File.WriteAllText(temporary, $"// {Hash($"{kernel.Entry}\n{kernel.Text}")} {kernel.Entry}\n{kernel.Text}");
            File.Move(temporary, file, overwrite: true);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e.Message;
        }
    }

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
