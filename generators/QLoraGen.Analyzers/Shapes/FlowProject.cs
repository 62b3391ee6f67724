using System.Collections.Concurrent;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using QLoraGen.Generators.Models;
using QLoraGen.Generators.Reading;
using QLoraGen.Generators.Sizes;
using QLoraGen.Rules;

namespace QLoraGen.Analyzers.Shapes;

/// <summary>A fault of shapes and the code that it stands on.</summary>
internal sealed record ShapeFault(Fault Fault, SyntaxNode At);

/// <summary>What the flow through one method needs to know of the rest of the project; each thing is found out once.</summary>
/// <param name="compilation">The project.</param>
internal sealed class FlowProject(Compilation compilation)
{
    private const int Deepest = 8;   // calls that are followed into each other

    private readonly ConcurrentDictionary<INamedTypeSymbol, Dictionary<string, MemberModel>> members = new(SymbolEqualityComparer.Default);
    private readonly ConcurrentDictionary<IMethodSymbol, Signature> signatures = new(SymbolEqualityComparer.Default);

    public SizeComparison Sizes { get; } = new(compilation);

    /// <summary>A member's declaration; null for a property that declares no layer.</summary>
    public MemberModel? Member(INamedTypeSymbol type, string name) =>
        members.GetOrAdd(type, t => new MemberReader(compilation, CancellationToken.None).Read(t)
                .GroupBy(static m => m.Name).ToDictionary(static same => same.Key, static same => same.First(), StringComparer.Ordinal))
            .TryGetValue(name, out MemberModel? member) ? member : null;

    /// <summary>What a method asks and gives, in the words of its class's constructor.</summary>
    public Signature SignatureOf(INamedTypeSymbol type, IMethodSymbol method, int depth)
    {
        method = method.OriginalDefinition;
        if (signatures.TryGetValue(method, out Signature? known))
        {
            return known;
        }
        if (depth > Deepest || !SymbolEqualityComparer.Default.Equals(method.ContainingType, type.OriginalDefinition) || BodyOf(method) is not { } body)
        {
            return Signature.Unknown;
        }
        Signature signature = new Flow(type, this, faults: null).Run(method, body, depth);
        return depth == 0 ? signatures.GetOrAdd(method, signature) : signature;
    }

    /// <summary>A method's body; null where it has none in this project.</summary>
    public IMethodBodyOperation? BodyOf(IMethodSymbol method) =>
        method.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() is MethodDeclarationSyntax syntax && compilation.ContainsSyntaxTree(syntax.SyntaxTree)
            ? compilation.GetSemanticModel(syntax.SyntaxTree).GetOperation(syntax) as IMethodBodyOperation
            : null;

    /// <summary>A size that code spells out: over constants, the constructor's parameters, and fields that keep one of those.</summary>
    public Expression Size(INamedTypeSymbol type, ExpressionSyntax syntax, Optional<object?> constant)
    {
        if (constant is { HasValue: true, Value: int or long })
        {
            return new Constant(Convert.ToInt64(constant.Value));
        }
        HashSet<string> parameters = [.. type.InstanceConstructors.SelectMany(static c => c.Parameters).Select(static p => p.Name)];
        ExpressionReader? reader = null;
        reader = new ExpressionReader(Named);
        return reader.Read(syntax);

        Expression? Named(string name) => type.GetMembers(name).OfType<IFieldSymbol>().FirstOrDefault() is { } field
            ? field.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() is VariableDeclaratorSyntax { Initializer: { Value: var value } } && field.IsReadOnly
                ? new ExpressionReader(n => parameters.Contains(n) ? new Parameter(n) : null).Read(value)
                : null
            : parameters.Contains(name) ? new Parameter(name) : null;
    }
}
