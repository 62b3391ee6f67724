using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Loader;
using QLoraGen.Checkpoints;

namespace QLoraGen.Native;

/// <summary>
/// Lets TorchSharp load on Linux systems whose libstdc++ is older than the one it was built with (Debian 12,
/// Ubuntu 22.04). Its <c>libLibTorchSharp.so</c> asks for the version tag GLIBCXX_3.4.32, which serves one symbol that
/// nothing refers to; a copy that marks this one need as weak loads with nothing undefined.
/// </summary>
public static class TorchLoader
{
    private const string Bridge = "LibTorchSharp";
    private static int done;

    /// <summary>
    /// Makes the native libraries loadable. Runs by itself when this assembly is first used; an application that
    /// touches <c>torch</c> earlier calls it from a module initializer of its own.
    /// </summary>
    [ModuleInitializer]
    [SuppressMessage("Usage", "CA2255", Justification = "Nothing of TorchSharp works before this ran.")]
    public static void EnsureLoadable()
    {
        if (!OperatingSystem.IsLinux() || Interlocked.Exchange(ref done, 1) != 0)
        {
            return;
        }
        Assembly torchSharp = typeof(TorchSharp.torch).Assembly;   // typeof does not run torch's static constructor
        if (!NativeLibrary.TryLoad("torch_cuda", torchSharp, null, out _))
        {
            NativeLibrary.TryLoad("torch_cpu", torchSharp, null, out _);
        }
        if (NativeLibrary.TryLoad(Bridge, torchSharp, null, out _) || Find($"lib{Bridge}.so") is not { } source)
        {
            return;   // loads as shipped, or is not here at all: TorchSharp's own message fits
        }
        var bridge = new Lazy<nint>(() => LoadWeakened(source, torchSharp));   // only when torch is used, and so are its errors
        AssemblyLoadContext.GetLoadContext(torchSharp)!.ResolvingUnmanagedDll +=
            (_, name) => name == Bridge ? bridge.Value : 0;
        NativeLibrary.SetDllImportResolver(typeof(TorchLoader).Assembly, (name, _, _) => name == Bridge ? bridge.Value : 0);
    }

    private static nint LoadWeakened(string source, Assembly torchSharp)
    {
        byte[] image = File.ReadAllBytes(source);
        if (!ElfVersionNeeds.MakeWeak(image, "libstdc++.so.6", "GLIBCXX_3.4.32"))
        {
            return 0;   // something else is missing
        }
        NativeLibrary.TryLoad("torch", torchSharp, null, out _);   // the copy lies elsewhere, so its $ORIGIN does not find it
        return LoadCopy(image);
    }

    // Never patched in place: what lies beside the application may be a link into the package cache.
    private static nint LoadCopy(byte[] image)
    {
        string copy = Path.Combine(Path.GetTempPath(), $"qloragen-{Environment.ProcessId}-{Guid.NewGuid():N}.so");
        try
        {
            using (FileStream file = FileSizeLimit.Reserve(copy, image.Length))
            {
                file.Write(image);
            }
            return NativeLibrary.Load(copy);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or DllNotFoundException)
        {
            throw new QLoraException($"{copy}: torch's native library cannot be loaded from here: {e.Message} Set TMPDIR to another folder.", e);
        }
        finally
        {
            File.Delete(copy);   // the mapping outlives the name
        }
    }

    private static string? Find(string file) =>
        (((string?)AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES")) ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Append(AppContext.BaseDirectory)
            .Select(folder => Path.Combine(folder, file))
            .FirstOrDefault(File.Exists);
}
