using System.Collections.Concurrent;
using Microsoft.CodeAnalysis;
using QLoraGen.Generators.Models;
using QLoraGen.Generators.Reading;
using QLoraGen.Generators.Sizes;

namespace QLoraGen.Analyzers.Shapes;

/// <summary>
/// Whether two sizes differ whatever the configuration. It is tried out: with optional properties at their defaults, and
/// with values of their own. Only what differs every time is a fault, since heads times their width may well be the
/// hidden size.
/// </summary>
/// <param name="compilation">The project.</param>
internal sealed class SizeComparison(Compilation compilation)
{
    private static readonly long[] divisors = [2, 3, 5, 7, 11, 13];
    private static readonly long[] primes = [17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101];
    private const long Common = 2 * 3 * 5 * 7 * 11 * 13;

    private readonly ConcurrentDictionary<ITypeSymbol, ConfigModel> configs = new(SymbolEqualityComparer.Default);

    /// <summary>
    /// Whether the sizes are known and differ for every configuration that is tried. Arithmetic over other names may be equal
    /// by a rule that only the author knows (heads times their width), and so may a number and a name: they never do.
    /// </summary>
    public bool CertainlyDiffer(INamedTypeSymbol type, Expression a, Expression b) =>
        a != b && (IsName(a) && IsName(b) || NamesIn(a).SetEquals(NamesIn(b))) && Compare(type, a, b, static (x, y) => x != y);

    /// <summary>Whether the sizes are known and equal for every configuration that is tried.</summary>
    public bool CertainlyEqual(INamedTypeSymbol type, Expression a, Expression b) => a == b || Compare(type, a, b, static (x, y) => x == y);

    private bool Compare(INamedTypeSymbol type, Expression a, Expression b, Func<long, long, bool> holds) =>
        ((bool[])[true, false]).All(defaults =>
        {
            IScope scope = ScopeOf(type, [a, b], defaults);
            return a.FoldSize(scope) is { } x && b.FoldSize(scope) is { } y && holds(x, y);
        });

    private TrialScope ScopeOf(INamedTypeSymbol type, Expression[] sizes, bool defaults)
    {
        var trial = new Trial(defaults);
        Dictionary<string, object?> parameters = new(StringComparer.Ordinal);
        foreach (IParameterSymbol parameter in type.InstanceConstructors.SelectMany(static constructor => constructor.Parameters))
        {
            if (parameter.Type.SpecialType is SpecialType.System_Int32 or SpecialType.System_Int64)
            {
                parameters[parameter.Name] = trial.ValueOf(parameter.Name, IsDivisor(sizes, e => e is Parameter p && p.Name == parameter.Name));
            }
            else if (parameter.Type is INamedTypeSymbol { TypeKind: TypeKind.Class, SpecialType: SpecialType.None } config)
            {
                parameters[parameter.Name] = ConfigOf(config, sizes, trial);
            }
        }
        return new TrialScope(parameters);
    }

    private ConfigScope ConfigOf(INamedTypeSymbol type, Expression[] sizes, Trial trial)
    {
        // Shared by all who ask, so not under the token of one of them.
        ConfigModel config = configs.GetOrAdd(type, t => new ConfigReader(compilation, CancellationToken.None).Read(t, model: null));
        Expression[] all = [.. sizes, .. config.Properties.Select(static property => property.Getter).OfType<Expression>()];
        Dictionary<string, ConfigProperty> byKey = config.Properties.Where(static p => p.IsStored)
            .GroupBy(static p => p.Key).ToDictionary(static same => same.Key, static same => same.First());
        return new ConfigScope(config, key => byKey.TryGetValue(key, out ConfigProperty? property) && property.Type is "int" or "long"
            ? trial.Defaults && property is { IsRequired: false, Default: not null }
                ? ConfigScope.Absent
                : trial.ValueOf(key, IsDivisor(all, e => e is Property p && p.Name == property!.Name))
            : ConfigScope.Absent);
    }

    private static bool IsName(Expression size) => size is Property or Parameter;

    private static HashSet<string> NamesIn(Expression size) => size switch
    {
        Parameter parameter => [parameter.Name],
        Property property => [property.ToString()],
        Unary unary => NamesIn(unary.Operand),
        Binary binary => [.. NamesIn(binary.Left), .. NamesIn(binary.Right)],
        Conditional c => [.. NamesIn(c.Condition), .. NamesIn(c.WhenTrue), .. NamesIn(c.WhenFalse)],
        _ => [],
    };

    private static bool IsDivisor(IEnumerable<Expression> expressions, Func<Expression, bool> isIt) => expressions.Any(expression => expression switch
    {
        Binary { Operator: "/" or "%" } division => Contains(division.Right, isIt) || IsDivisor([division.Left], isIt),
        Binary binary => IsDivisor([binary.Left, binary.Right], isIt),
        Conditional c => IsDivisor([c.Condition, c.WhenTrue, c.WhenFalse], isIt),
        Unary unary => IsDivisor([unary.Operand], isIt),
        _ => false,
    });

    private static bool Contains(Expression expression, Func<Expression, bool> isIt) => isIt(expression) || expression switch
    {
        Binary binary => Contains(binary.Left, isIt) || Contains(binary.Right, isIt),
        Unary unary => Contains(unary.Operand, isIt),
        _ => false,
    };

    // Values of which no two are equal, and by which what is divided by can divide the others.
    private sealed class Trial(bool defaults)
    {
        private readonly Dictionary<string, long> given = new(StringComparer.Ordinal);

        public bool Defaults => defaults;

        public long ValueOf(string name, bool isDivisor)
        {
            if (!given.TryGetValue(name, out long value))
            {
                int i = given.Count;
                given[name] = value = isDivisor ? divisors[i % divisors.Length] : Common * primes[i % primes.Length];
            }
            return value;
        }
    }

    private sealed class TrialScope(IReadOnlyDictionary<string, object?> parameters) : IScope
    {
        public object? ValueOf(string name) => parameters.TryGetValue(name, out object? value) ? value : Folding.Unknown;
    }
}
