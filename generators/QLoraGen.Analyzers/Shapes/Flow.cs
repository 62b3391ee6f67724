using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using QLoraGen.Generators.Sizes;

namespace QLoraGen.Analyzers.Shapes;

/// <summary>
/// Follows the widths of tensors through one method of a declared class, statement by statement. What it cannot follow has
/// no width, and nothing is said of it.
/// </summary>
/// <param name="type">The class.</param>
/// <param name="project">What is known of other classes.</param>
/// <param name="faults">Told each fault with its place; null for a method that is only asked for its signature.</param>
internal sealed partial class Flow(INamedTypeSymbol type, FlowProject project, Action<ShapeFault>? faults)
{
    private readonly Dictionary<IParameterSymbol, Expression> required = new(SymbolEqualityComparer.Default);
    private readonly Dictionary<ILocalSymbol, ModuleValue> modules = new(SymbolEqualityComparer.Default);
    private readonly List<Width> returned = [];
    private Dictionary<ISymbol, Width> widths = new(SymbolEqualityComparer.Default);
    private Action<ShapeFault>? report = faults;
    private int depth;

    /// <summary>Follows a method.</summary>
    /// <param name="method">The method.</param>
    /// <param name="body">Its body.</param>
    /// <param name="depth">How many calls led here.</param>
    public Signature Run(IMethodSymbol method, IMethodBodyOperation body, int depth)
    {
        this.depth = depth;
        Visit(body.BlockBody ?? body.ExpressionBody);
        return new Signature(
            [.. method.Parameters.Select(parameter => required.TryGetValue(parameter, out Expression? width) ? width : null)],
            returned.Count == 0 ? Width.Unknown : returned.Aggregate(Join));
    }

    private void Visit(IOperation? statement)
    {
        switch (statement)
        {
            case null:
                break;
            case IBlockOperation block:
                foreach (IOperation operation in block.Operations)
                {
                    Visit(operation);
                }
                break;
            case IReturnOperation result:
                returned.Add(Eval(result.ReturnedValue));
                break;
            case IVariableDeclaratorOperation { Initializer: { } initializer } declared:
                Assign(declared.Symbol, initializer.Value);
                break;
            case IVariableDeclarationGroupOperation or IVariableDeclarationOperation or IUsingDeclarationOperation:
                VisitAll(statement);
                break;
            case IExpressionStatementOperation expression:
                Eval(expression.Operation);
                break;
            case IConditionalOperation choice:
                Eval(choice.Condition);
                Branch(() => Visit(choice.WhenTrue), () => Visit(choice.WhenFalse));
                break;
            case ILoopOperation loop:
                Loop(loop);
                break;
            case ILocalFunctionOperation:
                break;
            default:
                // Of other constructs (switch, try) the parts are looked at; what they assign is not known afterwards.
                VisitAll(statement);
                Forget(statement);
                break;
        }
    }

    private void VisitAll(IOperation operation)
    {
        foreach (IOperation child in operation.ChildOperations)
        {
            if (child.Type is null)
            {
                Visit(child);
            }
            else
            {
                Eval(child);
            }
        }
    }

    private void Assign(ISymbol target, IOperation value)
    {
        if (target is ILocalSymbol local && EvalModule(value) is { } module)
        {
            modules[local] = module;
        }
        widths[target] = Eval(value);
    }

    private void Branch(Action whenTrue, Action whenFalse)
    {
        Dictionary<ISymbol, Width> before = new(widths, SymbolEqualityComparer.Default);
        whenTrue();
        Dictionary<ISymbol, Width> afterTrue = widths;
        widths = before;
        whenFalse();
        widths = Join(afterTrue, widths);
    }

    private void Loop(ILoopOperation loop)
    {
        if (loop is IForEachLoopOperation each)
        {
            Eval(each.Collection);
            if (ListOf(each.Collection) is { } list && list.Type.TypeArguments[0] is INamedTypeSymbol element)
            {
                foreach (ILocalSymbol local in each.Locals.Where(local => SymbolEqualityComparer.Default.Equals(local.Type, element)))
                {
                    modules[local] = new ModuleValue(element, list.Arguments);
                }
            }
        }
        else
        {
            Forget(loop);   // its own variables too
        }
        // Once in silence, to see what stays the same from one round to the next.
        Dictionary<ISymbol, Width> before = new(widths, SymbolEqualityComparer.Default);
        (Action<ShapeFault>? loud, report) = (report, null);
        int results = returned.Count;
        Visit(loop.Body);
        returned.RemoveRange(results, returned.Count - results);
        report = loud;
        widths = Join(before, widths);
        Dictionary<ISymbol, Width> entry = new(widths, SymbolEqualityComparer.Default);
        Visit(loop.Body);
        widths = Join(entry, widths);
    }

    private void Forget(IOperation statement)
    {
        foreach (IOperation operation in statement.Descendants())
        {
            ISymbol? target = operation switch
            {
                IAssignmentOperation { Target: ILocalReferenceOperation local } => local.Local,
                IAssignmentOperation { Target: IParameterReferenceOperation parameter } => parameter.Parameter,
                _ => null,
            };
            if (target is not null)
            {
                widths[target] = Width.Unknown;
            }
        }
    }

    private Dictionary<ISymbol, Width> Join(Dictionary<ISymbol, Width> a, Dictionary<ISymbol, Width> b)
    {
        Dictionary<ISymbol, Width> joined = new(SymbolEqualityComparer.Default);
        foreach (ISymbol symbol in a.Keys.Union(b.Keys, SymbolEqualityComparer.Default).OfType<ISymbol>())
        {
            joined[symbol] = Join(Of(a, symbol), Of(b, symbol));
        }
        return joined;
    }

    // A parameter that nothing has been assigned to is still what the caller gave.
    private Width Of(Dictionary<ISymbol, Width> known, ISymbol symbol) => known.TryGetValue(symbol, out Width? width) ? width
        : symbol is IParameterSymbol parameter ? Given(parameter)
        : Width.Unknown;

    private Width Given(IParameterSymbol parameter) =>
        required.TryGetValue(parameter, out Expression? width) ? new Width(width) : new Width(null, parameter);

    private Width Join(Width a, Width b)
    {
        (a, b) = (Resolved(a), Resolved(b));
        return a == b || (a.Size is { } x && b.Size is { } y && project.Sizes.CertainlyEqual(type, x, y)) ? a : Width.Unknown;
    }

    // What was a parameter's unknown width may have been fixed since.
    private Width Resolved(Width width) =>
        width.Parameter is { } parameter && required.TryGetValue(parameter, out Expression? size) ? width with { Size = size, Parameter = null } : width;
}
