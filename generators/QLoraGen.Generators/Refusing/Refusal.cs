using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;
using QLoraGen.Generators.Models;
using QLoraGen.Rules;

namespace QLoraGen.Generators.Refusing;

/// <summary>Why nothing is generated for a class, and where that is shown: numbers and strings, as the pipeline compares them.</summary>
/// <param name="Rule">The rule that is broken.</param>
/// <param name="Arguments">Of its message.</param>
/// <param name="File">Path of the source file.</param>
/// <param name="Start">First character of the place.</param>
/// <param name="Length">Characters.</param>
internal sealed record Refusal(Rule Rule, EquatableArray<string> Arguments, string File, int Start, int Length)
{
    public static Refusal At(SyntaxToken place, Fault fault) => new(
        fault.Rule, EquatableArray<string>.From(fault.Arguments), place.SyntaxTree!.FilePath, place.SpanStart, place.Span.Length);

    /// <summary>As the compiler and the editor show it.</summary>
    public Diagnostic In(Compilation compilation) => Diagnostic.Create(
        RuleDescriptor.Of(Rule),
        compilation.SyntaxTrees.FirstOrDefault(tree => tree.FilePath == File) is { } tree ? Location.Create(tree, new TextSpan(Start, Length)) : null,
        [.. Arguments]);
}
