using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace QLoraGen.Benchmarks.Typing;

/// <summary>A number in a file of the project, which is typed over.</summary>
/// <param name="File">The file's name.</param>
/// <param name="Before">What stands before the number.</param>
internal sealed record Place(string File, string Before)
{
    public bool IsIn(string path) => path.EndsWith($"/{File}", StringComparison.Ordinal);

    public SyntaxTree TreeIn(Compilation project) => project.SyntaxTrees.Single(tree => IsIn(tree.FilePath));

    /// <summary>The change of the number to another one of a single digit.</summary>
    public TextChange Change(string text, int keystroke)
    {
        int start = text.IndexOf(Before, StringComparison.Ordinal) + Before.Length, end = start;
        while (char.IsAsciiDigit(text[end]))
        {
            end++;
        }
        return new TextChange(TextSpan.FromBounds(start, end), (1 + (keystroke % 9)).ToString(CultureInfo.InvariantCulture));
    }
}
