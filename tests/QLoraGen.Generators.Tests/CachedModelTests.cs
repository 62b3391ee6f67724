using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;
using QLoraGen.Generators.Binding;
using QLoraGen.Generators.Tests.Running;

namespace QLoraGen.Generators.Tests;

/// <summary>What the pipeline keeps between runs: nothing that would keep a compilation in memory.</summary>
public sealed class CachedModelTests
{
    private static readonly Lazy<GeneratorRunResult> run = new(static () => Assert.Single(
        Generated.Driver("Declared.Models", new MemoryFile("bound.json", """{ "vocab_size": 64, "hidden_size": 16, "num_hidden_layers": 2, "intermediate_size": 32, "num_attention_heads": 2 }"""))
            .RunGenerators(TestCompilation.Of(
            [
                .. Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Declared"), "*.cs").Order(StringComparer.Ordinal).Select(File.ReadAllText),
                """[QLoraGen.Checkpoint("bound.json"), QLoraGen.LoRA(r: 2, Exclude = ["q_proj"])] public partial class Bound(QLoraGen.Models.LlamaConfig config) : QLoraGen.Models.Llama(config);""",
                "[QLoraGen.Module] public class Refused : QLoraGen.Module;",
            ])).GetRunResult().Results));

    public static TheoryData<string> EveryStep => [.. typeof(Steps).GetFields(BindingFlags.Static | BindingFlags.Public).Select(static step => (string)step.GetRawConstantValue()!)];

    [Theory]
    [MemberData(nameof(EveryStep))]
    public void A_step_keeps_values_alone(string step)
    {
        object[] kept = [.. run.Value.TrackedSteps[step].SelectMany(static s => s.Outputs).Select(static output => output.Value)];
        Assert.NotEmpty(kept);
        HashSet<object> seen = new(ReferenceEqualityComparer.Instance);
        Assert.All(kept, value => Walk(value, step, seen));
        Assert.DoesNotContain(seen, IsOfACompilation);
    }

    [Fact]
    public void What_is_kept_of_a_bound_class_has_its_sizes() =>
        Assert.NotNull(Assert.IsType<BoundCheckpoint>(Assert.Single(run.Value.TrackedSteps[Steps.Bound].SelectMany(static s => s.Outputs)).Value).Model);

    [Fact]
    public void The_walk_finds_what_is_hidden_in_a_list_of_a_record()
    {
        HashSet<object> seen = new(ReferenceEqualityComparer.Instance);
        Walk(new Keeper([Location.None]), "keeper", seen);
        Assert.Contains(seen, IsOfACompilation);
    }

    private const BindingFlags Fields = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private sealed record Keeper(IReadOnlyList<object> Kept);

    private static bool IsOfACompilation(object value) =>
        value is ISymbol or SyntaxNode or SyntaxToken or SyntaxTree or SyntaxReference or Location or SourceText
            or Compilation or SemanticModel or IOperation or AttributeData or TypedConstant;

    private static void Walk(object? value, string path, HashSet<object> seen)
    {
        if (value is null or string || value.GetType().IsPrimitive || value.GetType().IsEnum || !seen.Add(value) || IsOfACompilation(value))
        {
            return;
        }
        Assert.True(value is not Delegate, $"{path} keeps a delegate");   // and with it whatever it has captured
        if (value is Array items)
        {
            foreach (object? item in items)
            {
                Walk(item, $"{path}[]", seen);
            }
        }
        for (Type? type = value.GetType(); type is not null && value is not Array; type = type.BaseType)
        {
            foreach (FieldInfo field in type.GetFields(Fields))
            {
                Walk(field.GetValue(value), $"{path}.{field.Name}", seen);
            }
        }
    }
}
