using QLoraGen.Analyzers.Tests.Running;

namespace QLoraGen.Analyzers.Tests.Shapes;

/// <summary>A layer is used where any file of the project names it.</summary>
public sealed class LayerIsNeverUsedTests
{
    private const string Part = """
        using QLoraGen;
        using static TorchSharp.torch;

        namespace Declared;

        [Module]
        public sealed partial class Part(int width) : Module
        {
            public partial Linear Proj { get; } = new(width, width);
            public partial Linear PLACE { get; } = new(width, width);

            public Tensor Forward(Tensor x) => Proj.Forward(x);
        }
        """;

    [Fact]
    public Task By_another_file() => Run("Spare", "namespace Declared; public static class User { public static object Of(Part part) => part.Spare; }");

    [Fact]
    public Task By_none() => Run("{|QLG202:Spare|}", "namespace Declared; public static class User { public static object Of(Part part) => part.Proj; }");

    private static Task Run(string place, string user) => new AnalyzerRun(
        new KeyValuePair<string, string>("Part.cs", Part.Replace("PLACE", place, StringComparison.Ordinal)), new KeyValuePair<string, string>("User.cs", user)).RunAsync();
}
