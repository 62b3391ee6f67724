using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace QLoraGen.Compiling;

/// <summary>An AdditionalFile of a project, in memory.</summary>
public sealed class MemoryFile(string path, string text) : AdditionalText
{
    private readonly SourceText source = SourceText.From(text);

    public override string Path => path;

    public override SourceText GetText(CancellationToken cancellationToken = default) => source;
}
