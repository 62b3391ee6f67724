using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using QLoraGen.Generators.Remembering;
using QLoraGen.Generators.Tests.Running;

namespace QLoraGen.Generators.Tests.Remembering;

/// <summary>Which classes are read again after an edit.</summary>
public sealed class RememberedTests
{
    private const string Part = "namespace Declared; [QLoraGen.Module] public partial class Part : QLoraGen.Module { public int Twice(int x) => 2 * x; }";

    private readonly CSharpCompilation before = TestCompilation.Of(
        Part, "namespace Declared; [QLoraGen.Module] public partial class Other : QLoraGen.Module;",
        "namespace Declared; public class Unrelated { public const int Size = 1; public int Twice(int x) { return 2 * x; } }");

    private readonly Reading reading = new();
    private GeneratorDriver driver;

    public RememberedTests()
    {
        driver = CSharpGeneratorDriver.Create(reading);
        Assert.Equal(["Other", "Part"], ReadFor(before));
    }

    [Fact]
    public void None_after_an_edit_inside_a_method_of_another_file()
    {
        CSharpCompilation after = before.Edited("return 2 * x;", "return x + x;");
        Assert.Empty(ReadFor(after));
        Assert.Empty(ReadFor(after.Edited("return x + x;", "return x << 1;")));
    }

    [Fact]
    public void Those_of_the_file_after_an_edit_inside_one_of_their_methods()
    {
        CSharpCompilation after = before.Edited("=> 2 * x", "=> x + x");
        Assert.Equal(["Part"], ReadFor(after));
        Assert.Empty(ReadFor(after.Edited("return 2 * x;", "return x + x;")));
    }

    [Theory]
    [InlineData("Size = 1", "Size = 2")]
    [InlineData("class Unrelated", "class Module")]
    public void All_after_an_edit_that_their_names_can_mean(string from, string to)
    {
        CSharpCompilation after = before.Edited(from, to);
        Assert.Equal(["Other", "Part"], ReadFor(after));
        Assert.Empty(ReadFor(after.Edited("return 2 * x;", "return x + x;")));
        Assert.Equal(["Other", "Part"], ReadFor(before));
    }

    [Fact]
    public void All_after_another_file_or_reference_or_option()
    {
        Assert.Equal(["Other", "Part"], ReadFor(before.AddSyntaxTrees(CSharpSyntaxTree.ParseText("class New;", Project.Parsing))));
        Assert.Equal(["Other", "Part"], ReadFor(before.AddReferences(MetadataReference.CreateFromFile(typeof(QLoraGen.Models.Llama).Assembly.Location))));
        Assert.Equal(["Other", "Part"], ReadFor(before.WithOptions(before.Options.WithNullableContextOptions(NullableContextOptions.Disable))));
        Assert.Equal(["Other", "Part"], ReadFor(before.WithAssemblyName("Renamed")));
        Assert.Equal(["Other", "Part"], ReadFor(before));
    }

    [Fact]
    public void An_old_compilation_is_not_kept()
    {
        WeakReference old = RunAndForget();
        ReadFor(before);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        Assert.False(old.IsAlive);
        GC.KeepAlive(driver);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private WeakReference RunAndForget()
    {
        CSharpCompilation edited = before.Edited("return 2 * x;", "return x + x;");
        ReadFor(edited);
        return new WeakReference(edited);
    }

    private string[] ReadFor(Compilation compilation)
    {
        reading.Names.Clear();
        driver = driver.RunGenerators(compilation);
        return [.. reading.Names.Order(StringComparer.Ordinal)];
    }

    /// <summary>Reads names of classes, and tells which it has read.</summary>
    private sealed class Reading : IIncrementalGenerator
    {
        public List<string> Names { get; } = [];

        public void Initialize(IncrementalGeneratorInitializationContext context) => context.RegisterSourceOutput(
            context.SyntaxProvider.ForAttributeWithMetadataName(KnownNames.Module, static (_, _) => true, new Remembered<string>(Read).Read),
            static (_, _) => { });

        private string Read(GeneratorAttributeSyntaxContext context, CancellationToken cancellation)
        {
            Names.Add(context.TargetSymbol.Name);
            return context.TargetSymbol.Name;
        }
    }
}
