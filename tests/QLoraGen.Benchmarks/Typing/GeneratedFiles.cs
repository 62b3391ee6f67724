using Microsoft.CodeAnalysis;

namespace QLoraGen.Benchmarks.Typing;

/// <summary>
/// What is generated, within the project's compilation. As in an editor, a file whose text is still the same stays what it
/// is, parsed and declared: the driver itself makes new trees at each run.
/// </summary>
internal sealed class GeneratedFiles
{
    private Dictionary<string, GeneratedSourceResult> known = [];

    public IEnumerable<(string Path, string Text)> Sources => known.Values.Select(static source => (source.SyntaxTree.FilePath, source.SourceText.ToString()));

    /// <summary>The compilation with what a run of the generator has changed.</summary>
    public Compilation Update(Compilation compilation, GeneratorDriver driver)
    {
        Dictionary<string, GeneratedSourceResult> now = driver.GetRunResult().Results[0].GeneratedSources
            .Select(source => known.TryGetValue(source.HintName, out GeneratedSourceResult old) && old.SourceText.ContentEquals(source.SourceText) ? old : source)
            .ToDictionary(static source => source.HintName);
        SyntaxTree[] gone = [.. known.Values.Select(static source => source.SyntaxTree).Where(compilation.ContainsSyntaxTree)], trees = [.. now.Values.Select(static source => source.SyntaxTree)];
        known = now;
        return compilation.RemoveSyntaxTrees(gone.Except(trees)).AddSyntaxTrees(trees.Except(gone));
    }
}
