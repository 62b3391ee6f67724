using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;

namespace QLoraGen.Generators.Tests.Running;

/// <summary>A project as the SDK would compile it: C# 14, nullable, implicit usings, the real runtime assemblies.</summary>
internal static class TestCompilation
{
    private const string ImplicitUsings = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Threading;
        global using System.Threading.Tasks;
        """;

    private static readonly ImmutableArray<MetadataReference> references =
    [
        .. Framework(),
        MetadataReference.CreateFromFile(typeof(Module).Assembly.Location),
        MetadataReference.CreateFromFile(typeof(Kernels.Quantizer).Assembly.Location),
        MetadataReference.CreateFromFile(typeof(QuantType).Assembly.Location),
        MetadataReference.CreateFromFile(typeof(TorchSharp.torch).Assembly.Location),
    ];

    /// <summary>Comments are parsed and checked, so that undocumented generated members are seen.</summary>
    public static CSharpParseOptions Parsing { get; } = new(LanguageVersion.CSharp14, DocumentationMode.Diagnose);

    /// <summary>A compilation of the sources, named <c>0.cs</c>, <c>1.cs</c>, ...</summary>
    public static CSharpCompilation Of(params string[] sources) => CSharpCompilation.Create(
        "Declared.Models",
        [Parse(ImplicitUsings, "usings.cs"), .. sources.Select((source, i) => Parse(source, $"{i}.cs"))],
        references,
        new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable, allowUnsafe: false));

    /// <summary>A compilation that uses QLoraGen.Models from its assembly.</summary>
    public static CSharpCompilation OfUser(string source) =>
        Of(source).WithAssemblyName("User").AddReferences(MetadataReference.CreateFromFile(typeof(QLoraGen.Models.Llama).Assembly.Location));

    /// <summary>The same compilation after an edit of one of its sources.</summary>
    public static CSharpCompilation Edited(this CSharpCompilation before, string from, string to)
    {
        SyntaxTree tree = Assert.Single(before.SyntaxTrees, tree => tree.ToString().Contains(from, StringComparison.Ordinal));
        SourceText text = SourceText.From(tree.ToString().Replace(from, to, StringComparison.Ordinal));
        return before.ReplaceSyntaxTree(tree, tree.WithChangedText(text));
    }

    private static SyntaxTree Parse(string source, string path) => CSharpSyntaxTree.ParseText(source, Parsing, path);

    private static IEnumerable<MetadataReference> Framework()
    {
        string folder = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        return ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetDirectoryName(path) == folder)
            .Select(static path => MetadataReference.CreateFromFile(path));
    }
}
