using Spectre.Console;
using Spectre.Console.Rendering;

namespace QLoraGen.Cli.Views;

/// <summary>Lines of a tree, two columns a level: Spectre's own take four, which leaves too little for what stands on them.</summary>
/// <param name="parts">In the order of <see cref="TreeGuidePart"/>.</param>
/// <param name="safe">For a terminal that has no box drawing.</param>
internal sealed class NarrowGuide(string[] parts, NarrowGuide? safe) : TreeGuide
{
    /// <summary>Columns of one level.</summary>
    public const int Width = 2;

    public static NarrowGuide Instance { get; } = new(["  ", "│ ", "├ ", "└ "], new NarrowGuide(["  ", "| ", "+ ", "` "], null));

    public override TreeGuide? SafeTreeGuide => safe;

    public override string GetPart(TreeGuidePart part) => parts[(int)part];
}
