using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace QLoraGen.Compiling;

/// <summary>What a project that declares models is compiled against: this framework and the real runtime.</summary>
public static class References
{
    /// <summary>The file that the SDK writes for ImplicitUsings.</summary>
    public const string ImplicitUsings = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Threading;
        global using System.Threading.Tasks;
        """;

    public static ImmutableArray<MetadataReference> All { get; } =
    [
        .. Framework(),
        MetadataReference.CreateFromFile(typeof(Module).Assembly.Location),
        MetadataReference.CreateFromFile(typeof(Kernels.Quantizer).Assembly.Location),
        MetadataReference.CreateFromFile(typeof(QuantType).Assembly.Location),
        MetadataReference.CreateFromFile(typeof(TorchSharp.torch).Assembly.Location),
    ];

    private static IEnumerable<MetadataReference> Framework()
    {
        string folder = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        return ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetDirectoryName(path) == folder)
            .Select(static path => MetadataReference.CreateFromFile(path));
    }
}
