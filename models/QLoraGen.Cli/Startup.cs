using System.Runtime.CompilerServices;
using QLoraGen.Native;

namespace QLoraGen.Cli;

internal static class Startup
{
    /// <summary>Before anything touches torch.</summary>
    [ModuleInitializer]
    public static void LoadTorch() => TorchLoader.EnsureLoadable();
}
