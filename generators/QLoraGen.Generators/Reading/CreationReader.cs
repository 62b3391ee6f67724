using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using QLoraGen.Generators.Models;
using QLoraGen.Generators.Sizes;

namespace QLoraGen.Generators.Reading;

/// <summary>
/// What a property's initializer makes: <c>new(...)</c> of the property's type, possibly on one side of a conditional whose
/// other side is null, or a list with its count and the module that it repeats.
/// </summary>
/// <param name="compilation">The project.</param>
/// <param name="cancellation">Stops the reading.</param>
internal sealed class CreationReader(Compilation compilation, CancellationToken cancellation)
{
    /// <returns>Null where the initializer is anything else.</returns>
    public CreationModel? Read(PropertyDeclarationSyntax property, INamedTypeSymbol type, IEnumerable<string> parameters)
    {
        (ExpressionSyntax? condition, bool negated, ExpressionSyntax? made) = Made(property.Initializer?.Value);
        if (made is not BaseObjectCreationExpressionSyntax creation || !Makes(creation, type))
        {
            return null;
        }
        HashSet<string> known = [.. parameters];
        var reader = new ExpressionReader(name => known.Contains(name) ? new Parameter(name) : null, ConstantOf);
        Expression? when = condition is null ? null : negated ? new Unary("!", reader.Read(condition)) : reader.Read(condition);
        SeparatedSyntaxList<ArgumentSyntax> arguments = creation.ArgumentList?.Arguments ?? default;
        if (type.IsModuleList())
        {
            return arguments is [{ Expression: var count }, { Expression: LambdaExpressionSyntax { ExpressionBody: BaseObjectCreationExpressionSyntax item } }]
                && type.TypeArguments[0] is INamedTypeSymbol repeated && Makes(item, repeated)
                && Match(repeated, item.ArgumentList?.Arguments ?? default, item, reader) is { } each
                    ? new CreationModel(each, reader.Read(count), when)
                    : null;
        }
        return Match(type, arguments, creation, reader) is { } matched ? new CreationModel(matched, Count: null, when) : null;
    }

    private static (ExpressionSyntax? Condition, bool Negated, ExpressionSyntax? Made) Made(ExpressionSyntax? value) => value switch
    {
        ParenthesizedExpressionSyntax inner => Made(inner.Expression),
        ConditionalExpressionSyntax { WhenTrue: LiteralExpressionSyntax { Token.Text: "null" } } c => (c.Condition, true, c.WhenFalse),
        ConditionalExpressionSyntax { WhenFalse: LiteralExpressionSyntax { Token.Text: "null" } } c => (c.Condition, false, c.WhenTrue),
        _ => (null, false, value),
    };

    // What is spelled out may be a subtype, with other parameters.
    private bool Makes(BaseObjectCreationExpressionSyntax creation, INamedTypeSymbol type) =>
        creation is ImplicitObjectCreationExpressionSyntax
        || SymbolEqualityComparer.Default.Equals(SemanticsOf(creation).GetTypeInfo(creation, cancellation).Type, type);

    private EquatableArray<ArgumentModel>? Match(
        INamedTypeSymbol type, SeparatedSyntaxList<ArgumentSyntax> arguments, ExpressionSyntax creation, ExpressionReader reader)
    {
        IMethodSymbol[] fitting = [.. type.InstanceConstructors.Where(constructor => Fits(constructor, arguments))];
        IMethodSymbol? chosen = fitting is [var only] ? only : SemanticsOf(creation).GetSymbolInfo(creation, cancellation).Symbol as IMethodSymbol;
        return chosen is null ? null : EquatableArray<ArgumentModel>.From(arguments.Select((argument, i) =>
            new ArgumentModel(argument.NameColon?.Name.Identifier.ValueText ?? chosen.Parameters[i].Name, reader.Read(argument.Expression))));
    }

    private static bool Fits(IMethodSymbol constructor, SeparatedSyntaxList<ArgumentSyntax> arguments)
    {
        HashSet<string> given = new(StringComparer.Ordinal);
        for (int i = 0; i < arguments.Count; i++)
        {
            string? name = arguments[i].NameColon?.Name.Identifier.ValueText ?? (i < constructor.Parameters.Length ? constructor.Parameters[i].Name : null);
            if (name is null || !given.Add(name))
            {
                return false;
            }
        }
        return given.All(name => constructor.Parameters.Any(parameter => parameter.Name == name))
            && constructor.Parameters.All(parameter => parameter.IsOptional || given.Contains(parameter.Name));
    }

    private Optional<object?> ConstantOf(ExpressionSyntax expression) => SemanticsOf(expression).GetConstantValue(expression, cancellation);

    private SemanticModel SemanticsOf(SyntaxNode node) => compilation.GetSemanticModel(node.SyntaxTree);
}
