using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using QLoraGen.Generators.Sizes;
using QLoraGen.Rules;

namespace QLoraGen.Analyzers.Shapes;

/// <content>Calls of layers, modules, the class's own methods and functions on tensors.</content>
internal sealed partial class Flow
{
    private Width Call(IInvocationOperation call)
    {
        string method = call.TargetMethod.Name;
        if (call.Instance is IInstanceReferenceOperation && SymbolEqualityComparer.Default.Equals(call.TargetMethod.ContainingType, type))
        {
            return Use(call, project.SignatureOf(type, call.TargetMethod, depth + 1), null, method);
        }
        if (EvalModule(call.Instance) is { } module)
        {
            return LayerCalls.Of(module, method) is { } layer
                ? UseLayer(call, module, layer.Input, layer.Output)
                : Use(call, project.SignatureOf(module.Type, call.TargetMethod, depth + 1), module.Arguments ?? empty, NameOf(call));
        }
        string owner = call.TargetMethod.ContainingType.Name;
        IOperation? first = call.Instance ?? Argument(call, 0);
        switch (owner, method)
        {
            case ("Attention", "SplitHeads"):
                Width whole = Eval(Argument(call, 0));
                return Width.Of(SizeOf(Argument(call, 1)), flat: whole.Size);
            case ("Attention", "Attend"):
                (Width query, Width key) = (Eval(Argument(call, 0)), Eval(Argument(call, 1)));
                Eval(Argument(call, 2));
                CheckHeads(query, key, call);
                return query.Flat is { } flat ? Width.Of(flat) : Width.Unknown;
            case ("Rotation" or "Activation" or "Softcap", "Apply"):
                return Eval(Argument(call, 0));
            case (_, "narrow") when IsTensorCall(call) && IsLast(Argument(call, 0)):
                Eval(first);
                return Width.Of(SizeOf(Argument(call, 2)));
            case (_, "cat") when IsLast(Argument(call, 1)) && ElementsOf(Argument(call, 0)) is { } parts:
                return Sum([.. parts.Select(Eval)]);
            case (_, _) when IsTensorCall(call) && LayerCalls.Combines(method) && Argument(call, call.Instance is null ? 1 : 0) is { } other && IsTensor(other):
                return Combine(Eval(first), Eval(other), call);
            case (_, _) when IsTensorCall(call) && (LayerCalls.KeepsWidth(method) || LayerCalls.Combines(method)):
                Width kept = Eval(first);
                EvalRest(call, call.Instance is null ? 0 : -1);
                return kept;
            default:
                VisitAll(call);
                return Width.Unknown;
        }
    }

    private Width UseLayer(IInvocationOperation call, ModuleValue layer, Expression? input, Expression? output)
    {
        Width given = Eval(Argument(call, 0));
        EvalRest(call, 0);
        Check(given, input, NameOf(call), Argument(call, 0)!);
        return Width.Of(output, layer.Type.Name is "RMSNorm" or "LayerNorm" ? given.Flat : null);
    }

    // Another class's signature is in that class's words; our own needs no translation.
    private Width Use(IInvocationOperation call, Signature signature, IReadOnlyDictionary<string, Expression>? arguments, string callee)
    {
        Width result = signature.Output;
        foreach (IArgumentOperation argument in call.Arguments)
        {
            Width given = Eval(argument.Value);
            if (argument.Parameter is not { } parameter)
            {
                continue;
            }
            if (parameter.Ordinal < signature.Inputs.Count && signature.Inputs[parameter.Ordinal] is { } input)
            {
                Check(given, arguments is null ? input : input.With(arguments), callee, argument.Value);
            }
            if (SymbolEqualityComparer.Default.Equals(signature.Output.Parameter, parameter.OriginalDefinition))
            {
                result = given;
            }
        }
        return result.Parameter is not null && SymbolEqualityComparer.Default.Equals(result.Parameter.ContainingSymbol, call.TargetMethod) ? Width.Unknown
            : arguments is not null && ReferenceEquals(result, signature.Output) ? Width.Of(result.Size?.With(arguments))
            : result;
    }

    private void Check(Width given, Expression? needed, string layer, IOperation at)
    {
        if (needed is null || !Width.IsReadable(needed))
        {
            return;
        }
        given = Resolved(given);
        if (given.Parameter is { } parameter)
        {
            required[parameter] = needed;
        }
        else if (given.Size is { } size && project.Sizes.CertainlyDiffer(type, size, needed))
        {
            report?.Invoke(new ShapeFault(WidthMismatch.Rule.Broken(layer, needed, size), at.Syntax));
        }
    }

    // Only where the numbers stand in the code: those of a configuration are checked in its file.
    private void CheckHeads(Width query, Width key, IOperation at)
    {
        if (Known(query.Size) is { } width && width > 0 && Known(query.Flat) is { } queries && Known(key.Flat) is { } keys
            && HeadsAreNotDivisible.Check(queries / width, keys / width) is { } fault)
        {
            report?.Invoke(new ShapeFault(fault, at.Syntax));
        }
    }

    private static long? Known(Expression? size) => size.FoldSize(NothingKnown.Scope);

    private static Width Sum(Width[] parts)
    {
        Expression? sum = null;
        foreach (Width part in parts)
        {
            if (part.Size is not { } size)
            {
                return Width.Unknown;
            }
            sum = sum is null ? size : new Binary(sum, "+", size);
        }
        return Width.Of(sum);
    }

    private void EvalRest(IInvocationOperation call, int done)
    {
        foreach (IArgumentOperation argument in call.Arguments.Where(argument => argument.Parameter?.Ordinal != done))
        {
            Eval(argument.Value);
        }
    }

    private static IOperation? Argument(IInvocationOperation call, int ordinal) =>
        call.Arguments.FirstOrDefault(argument => argument.Parameter?.Ordinal == ordinal)?.Value;

    private static bool IsTensorCall(IInvocationOperation call) => call.TargetMethod.ContainingNamespace.ToDisplayString().StartsWith("TorchSharp", StringComparison.Ordinal);

    private static bool IsLast(IOperation? dimension) => dimension?.ConstantValue is { HasValue: true, Value: -1 or -1L };

    private static IEnumerable<IOperation>? ElementsOf(IOperation? list) => list switch
    {
        IConversionOperation conversion => ElementsOf(conversion.Operand),
        ICollectionExpressionOperation collection when !collection.Elements.Any(static e => e is ISpreadOperation) => collection.Elements,
        IArrayCreationOperation { Initializer: { } initializer } => initializer.ElementValues,
        _ => null,
    };

    private static string NameOf(IInvocationOperation call) => call.Instance switch
    {
        IPropertyReferenceOperation { Property.IsIndexer: false } property => property.Property.Name,
        ILocalReferenceOperation local => local.Local.Name,
        _ => call.TargetMethod.ContainingType.Name,
    };
}
