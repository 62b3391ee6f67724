using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;
using QLoraGen.Generators.Tests.Running;

namespace QLoraGen.Generators.Tests;

/// <summary>What the pipeline keeps between runs: nothing that would keep a compilation in memory.</summary>
public sealed class CachedModelTests
{
    [Theory]
    [InlineData(Steps.Modules)]
    [InlineData(Steps.Models)]
    [InlineData(Steps.Checkpoints)]
    [InlineData(Steps.JsonFiles)]
    [InlineData(Steps.Bound)]
    [InlineData(Steps.Refused)]
    [InlineData(Steps.Namespace)]
    [InlineData(Steps.Architectures)]
    public void A_step_keeps_values_alone(string step)
    {
        string llama = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Declared", "Llama.cs"));
        CSharpCompilation project = TestCompilation.Of(
            llama, """[QLoraGen.Checkpoint("a.json")] public partial class Bound : QLoraGen.Models.Llama;""", "[QLoraGen.Module] public class Refused : QLoraGen.Module;");
        var file = new MemoryFile("a.json", """
            { "vocab_size": 512, "hidden_size": 64, "intermediate_size": 128, "num_hidden_layers": 5, "num_attention_heads": 8 }
            """);
        GeneratorRunResult run = Assert.Single(Generated.Driver().AddAdditionalTexts([file]).RunGenerators(project).GetRunResult().Results);
        object[] kept = [.. run.TrackedSteps[step].SelectMany(static s => s.Outputs).Select(static output => output.Value)];
        Assert.NotEmpty(kept);
        HashSet<object> seen = new(ReferenceEqualityComparer.Instance);
        Assert.All(kept, value => Walk(value, step, seen));
        Assert.DoesNotContain(seen, IsOfACompilation);
    }

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
