using System.Text;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace QLoraGen.Generators.Reading;

/// <summary>The constructor arguments of a layer's initializer, by parameter, in the words of the declaration.</summary>
internal sealed class LayerArguments
{
    private readonly Dictionary<string, string>? texts;

    private LayerArguments(Dictionary<string, string>? texts) => this.texts = texts;

    /// <summary>Finds the one <c>new</c> of the layer's type in the initializer (also inside a conditional).</summary>
    public static LayerArguments Read(PropertyDeclarationSyntax property, ITypeSymbol type, SemanticModel semantics, CancellationToken cancellation)
    {
        if (property.Initializer is not { Value: ExpressionSyntax value } || semantics.GetOperation(value, cancellation) is not IOperation operation)
        {
            return new LayerArguments(null);
        }
        IObjectCreationOperation[] creations = [.. operation.DescendantsAndSelf().OfType<IObjectCreationOperation>()
            .Where(creation => SymbolEqualityComparer.Default.Equals(creation.Type, type))];
        return new LayerArguments(creations is not [var creation] ? null : creation.Arguments
            .Where(static argument => argument.ArgumentKind == ArgumentKind.Explicit
                && argument.Value.ConstantValue is not { HasValue: true, Value: false })   // bias: false asks for nothing
            .ToDictionary(static argument => argument.Parameter!.Name, static argument => OneLine(argument.Value.Syntax)));
    }

    /// <summary>Whether the declaration may ask for an optional tensor; true where the initializer cannot be read.</summary>
    public bool AskFor(string tensor) => texts is null || texts.ContainsKey(char.ToLowerInvariant(tensor[0]) + tensor.Substring(1));

    /// <summary>The tensor's shape in the declaration's words, or empty.</summary>
    public string ShapeOf(IPropertySymbol tensor)
    {
        if (texts is null || tensor.FindAttribute(KnownNames.TensorShape)?.ConstructorArguments is not [{ Kind: TypedConstantKind.Array, Values: var names }])
        {
            return "";
        }
        string?[] sizes = [.. names.Select(name => name.Value is string text && texts.TryGetValue(text, out string? size) ? size : null)];
        return sizes.Contains(null) ? "" : $"[{string.Join(", ", sizes)}]";
    }

    /// <summary>The expression without comments and line ends: it becomes a comment itself.</summary>
    private static string OneLine(SyntaxNode expression)
    {
        var text = new StringBuilder();
        foreach (SyntaxToken token in expression.DescendantTokens())
        {
            if (text.Length > 0 && (token.HasLeadingTrivia || token.GetPreviousToken().HasTrailingTrivia))
            {
                text.Append(' ');
            }
            text.Append(token.Text);
        }
        return Regex.Replace(text.ToString(), @"\s+", " ");   // within a token: a raw string's lines
    }
}
