using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using QLoraGen.Generators;

namespace QLoraGen.Compiling;

/// <summary>A project in memory, as the SDK would compile it: C# 14, nullable, implicit usings, the real runtime assemblies.</summary>
public static class Project
{
    /// <summary>Comments are parsed and checked, so that undocumented generated members are seen.</summary>
    public static CSharpParseOptions Parsing { get; } = new(LanguageVersion.CSharp14, DocumentationMode.Diagnose);

    /// <summary>A compilation of source files, without what is generated for them.</summary>
    public static CSharpCompilation Compile(string assembly, params IEnumerable<(string Path, string Text)> sources) => CSharpCompilation.Create(
        assembly,
        [Parse("usings.cs", References.ImplicitUsings), .. sources.Select(static source => Parse(source.Path, source.Text))],
        References.All,
        new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));

    /// <summary>The generator, before its first run.</summary>
    /// <param name="rootNamespace">The project's RootNamespace.</param>
    /// <param name="files">Its AdditionalFiles.</param>
    /// <param name="trackSteps">Whether the run tells what each step of the pipeline did.</param>
    public static GeneratorDriver Driver(string? rootNamespace, IEnumerable<AdditionalText>? files = null, bool trackSteps = false) =>
        CSharpGeneratorDriver.Create(
            [new ArchitectureGenerator().AsSourceGenerator()], files, Parsing, new RootNamespaceOptions(rootNamespace),
            new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None, trackSteps));

    private static SyntaxTree Parse(string path, string text) => CSharpSyntaxTree.ParseText(text, Parsing, path);
}
