using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using QLoraGen.Generators.Models;
using QLoraGen.Generators.Reading;
using QLoraGen.Generators.Sizes;

namespace QLoraGen.Analyzers.Shapes;

/// <content>Widths of expressions.</content>
internal sealed partial class Flow
{
    private Width Eval(IOperation? operation)
    {
        switch (operation)
        {
            case null or IAnonymousFunctionOperation or INameOfOperation:
                return Width.Unknown;
            case IConversionOperation conversion:
                return Eval(conversion.Operand);
            case IParenthesizedOperation inner:
                return Eval(inner.Operand);
            case ILocalReferenceOperation local:
                return Resolved(Of(widths, local.Local));
            case IParameterReferenceOperation parameter when SymbolEqualityComparer.Default.Equals(parameter.Parameter.ContainingSymbol.ContainingType, type):
                return Resolved(Of(widths, parameter.Parameter));
            case ISimpleAssignmentOperation assignment:
                return Store(assignment.Target, assignment.Value);
            case ICompoundAssignmentOperation compound:
                Width sum = Combine(Eval(compound.Target), Eval(compound.Value), compound);
                if (TargetOf(compound.Target) is { } changed)
                {
                    widths[changed] = sum;
                }
                return sum;
            case IDeconstructionAssignmentOperation { Target: ITupleOperation targets, Value: var value }:
                return Deconstruct(targets, value);
            case IConditionalOperation choice:
                Eval(choice.Condition);
                return Join(Eval(choice.WhenTrue), Eval(choice.WhenFalse));
            case IBinaryOperation binary when IsTensor(binary.LeftOperand) && IsTensor(binary.RightOperand):
                return Combine(Eval(binary.LeftOperand), Eval(binary.RightOperand), binary);
            case IBinaryOperation binary when IsTensor(binary.LeftOperand) != IsTensor(binary.RightOperand) && IsTensor(binary):
                (Width left, Width right) = (Eval(binary.LeftOperand), Eval(binary.RightOperand));
                return IsTensor(binary.LeftOperand) ? left : right;
            case IUnaryOperation unary when IsTensor(unary):
                return Eval(unary.Operand);
            case IInvocationOperation call:
                return Call(call);
            default:
                VisitAll(operation);
                return Width.Unknown;
        }
    }

    private Width Store(IOperation target, IOperation value)
    {
        if (TargetOf(target) is { } symbol)
        {
            Assign(symbol, value);
            return Of(widths, symbol);
        }
        return Eval(value);
    }

    private Width Deconstruct(ITupleOperation targets, IOperation value)
    {
        ITupleOperation? values = (value is IConversionOperation conversion ? conversion.Operand : value) as ITupleOperation;
        Width[] given = values is null ? [Eval(value)] : [.. values.Elements.Select(Eval)];
        for (int i = 0; i < targets.Elements.Length; i++)
        {
            if (TargetOf(targets.Elements[i]) is { } symbol)
            {
                widths[symbol] = values is null ? Width.Unknown : given[i];
            }
        }
        return Width.Unknown;
    }

    private static ISymbol? TargetOf(IOperation operation) => operation switch
    {
        ILocalReferenceOperation local => local.Local,
        IParameterReferenceOperation parameter => parameter.Parameter,
        IDeclarationExpressionOperation { Expression: ILocalReferenceOperation local } => local.Local,
        _ => null,
    };

    private Width Combine(Width a, Width b, IOperation at)
    {
        (a, b) = (Resolved(a), Resolved(b));
        if (a.Parameter is not null || b.Parameter is not null)
        {
            return a.Parameter is null ? a : b;
        }
        if (a.Size is not { } x || b.Size is not { } y)
        {
            return Width.Unknown;
        }
        if (IsOne(x) || IsOne(y))
        {
            return IsOne(x) ? b : a;   // broadcast
        }
        if (project.Sizes.CertainlyDiffer(type, x, y))
        {
            report?.Invoke(new ShapeFault(SumOfDifferentWidths.Rule.Broken(x, y), at.Syntax));
            return Width.Unknown;
        }
        return a;
    }

    private static bool IsOne(Expression size) => size is Constant { Value: 1L };

    private static bool IsTensor(IOperation operation) => operation.Type is { } of && of.DerivesFrom("TorchSharp.torch.Tensor");

    /// <summary>The layer, module or list that an expression stands for; null for anything else.</summary>
    private ModuleValue? EvalModule(IOperation? operation) => operation switch
    {
        IConversionOperation conversion => EvalModule(conversion.Operand),
        ILocalReferenceOperation local => modules.TryGetValue(local.Local, out ModuleValue? known) ? known : null,
        IPropertyReferenceOperation { Property.IsIndexer: true, Instance: var list } =>
            EvalModule(list) is { } listed && listed.Type.IsModuleList() && listed.Type.TypeArguments[0] is INamedTypeSymbol element
                ? new ModuleValue(element, listed.Arguments)
                : null,
        IPropertyReferenceOperation { Instance: IInstanceReferenceOperation } own => Member(own.Property, null),
        IPropertyReferenceOperation { Instance: { } owner } property when EvalModule(owner) is { } value => Member(property.Property, value.Arguments ?? empty),
        _ => null,
    };

    private static readonly IReadOnlyDictionary<string, Expression> empty = new Dictionary<string, Expression>();

    private ModuleValue? Member(IPropertySymbol property, IReadOnlyDictionary<string, Expression>? arguments)
    {
        if (property.Type is not INamedTypeSymbol made || project.Member(property.ContainingType, property.Name) is not { } member)
        {
            return null;
        }
        MemberModel inOurWords = arguments is null ? member : member.With(arguments);
        return new ModuleValue(
            made, inOurWords.Creation?.Arguments.ToDictionary(static a => a.Name, static a => a.Value, StringComparer.Ordinal));
    }

    // The list itself, or what .Index() numbers.
    private ModuleValue? ListOf(IOperation collection) => collection switch
    {
        IConversionOperation conversion => ListOf(conversion.Operand),
        IInvocationOperation { TargetMethod.Name: "Index", Arguments: [{ Value: var list }] } => ListOf(list),
        _ => EvalModule(collection) is { } value && value.Type.IsModuleList() ? value : null,
    };

    /// <summary>A size that code spells out, in the words of the constructor.</summary>
    private Expression? SizeOf(IOperation? operation) =>
        operation?.Syntax is ExpressionSyntax syntax ? project.Size(type, syntax, operation.ConstantValue) : null;
}
