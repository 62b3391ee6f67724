using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;

namespace QLoraGen.Generators.Tests.Running;

/// <summary>Projects out of a few sources, and edits of them.</summary>
internal static class TestCompilation
{
    /// <summary>A compilation of the sources, named <c>0.cs</c>, <c>1.cs</c>, ...</summary>
    public static CSharpCompilation Of(params string[] sources) =>
        Project.Compile("Declared.Models", sources.Select(static (source, i) => ($"{i}.cs", source)));

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
}
