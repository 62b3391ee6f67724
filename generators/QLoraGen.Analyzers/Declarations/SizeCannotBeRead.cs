using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using QLoraGen.Analyzers.Shapes;
using QLoraGen.Generators.Models;
using QLoraGen.Generators.Reading;
using QLoraGen.Rules;

namespace QLoraGen.Analyzers.Declarations;

/// <summary>An initializer from which the compiler learns no size: what depends on it is silently neither checked nor planned.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class SizeCannotBeRead() : ModuleAnalyzer(Rule)
{
    private const int Shown = 60;   // characters of an expression

    /// <summary>The rule.</summary>
    public static readonly Rule Rule = new(
        "QLG108", "The size of a layer cannot be read", RuleSeverity.Info,
        "The size of '{0}' cannot be read from '{1}', so widths are not checked there and the plan is not known: write 'new(...)' with literals, constants and properties of the configuration.");

    /// <inheritdoc/>
    protected override void Check(INamedTypeSymbol type, SymbolAnalysisContext context)
    {
        var reader = new MemberReader(context.Compilation, context.CancellationToken);
        foreach (MemberModel member in reader.Read(type))
        {
            if (type.GetMembers(member.Name) is [IPropertySymbol { Type: INamedTypeSymbol made } property, ..]
                && property.DeclaringSyntaxReferences[0].GetSyntax(context.CancellationToken) is PropertyDeclarationSyntax { Initializer.Value: { } value }
                && Unread(member, made, value) is { } place)
            {
                string text = string.Join(" ", place.ToString().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
                context.ReportDiagnostic(At(
                    place.GetLocation(), Rule.Broken(member.Name, text.Length > Shown ? text.Substring(0, Shown) + "..." : text)));
            }
        }
    }

    /// <summary>The part of an initializer that could not be read; null where all sizes could.</summary>
    private static ExpressionSyntax? Unread(MemberModel member, INamedTypeSymbol made, ExpressionSyntax initializer)
    {
        if (member.Creation is not { } creation)
        {
            return initializer;
        }
        // The innermost object creation made the layer; of a list, it stands in the lambda.
        BaseObjectCreationExpressionSyntax[] creations = [.. initializer.DescendantNodesAndSelf().OfType<BaseObjectCreationExpressionSyntax>()];
        bool isList = made.IsModuleList();
        if (isList && creation.Count is { } count && !Width.IsReadable(count))
        {
            return creations[0].ArgumentList!.Arguments[0].Expression;
        }
        INamedTypeSymbol layer = isList && made.TypeArguments[0] is INamedTypeSymbol element ? element : made;
        ArgumentListSyntax? arguments = creations.ElementAtOrDefault(isList ? 1 : 0)?.ArgumentList;
        return creation.Arguments
            .Select((argument, i) => Width.IsReadable(argument.Value) || !IsSize(layer, argument.Name) ? null : arguments?.Arguments[i].Expression)
            .FirstOrDefault(static expression => expression is not null);
    }

    private static bool IsSize(INamedTypeSymbol layer, string parameter) => layer.InstanceConstructors.SelectMany(static constructor => constructor.Parameters)
        .Any(p => p.Name == parameter && p.Type.SpecialType is SpecialType.System_Int32 or SpecialType.System_Int64 or SpecialType.System_Boolean);
}
