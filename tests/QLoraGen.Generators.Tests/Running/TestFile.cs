using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace QLoraGen.Generators.Tests.Running;

/// <summary>A file of a project that is not compiled.</summary>
internal sealed class TestFile(string path, string text) : AdditionalText
{
    public override string Path => path;

    public override SourceText GetText(CancellationToken cancellationToken = default) => SourceText.From(text);
}
