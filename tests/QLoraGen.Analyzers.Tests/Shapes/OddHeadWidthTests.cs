using QLoraGen.Analyzers.Tests.Running;

namespace QLoraGen.Analyzers.Tests.Shapes;

/// <summary>Rotary embeddings are found however they are made, though not every <c>new</c> of a project is bound.</summary>
public sealed class OddHeadWidthTests
{
    [Theory]
    [InlineData("private readonly RotaryEmbedding rotary = new({|QLG204:63|}, 10_000);")]
    [InlineData("private readonly RotaryEmbedding? rotary = new(theta: 10_000, headDim: {|QLG204:63|});")]
    [InlineData("private readonly object rotary = new QLoraGen.RotaryEmbedding({|QLG204:63|}, 10_000);")]
    [InlineData("private const int Heads = 63; private RotaryEmbedding Rotary { get; } = new({|QLG204:Heads|}, 10_000);")]
    [InlineData("private static RotaryEmbedding Made() => new({|QLG204:63|}, 10_000);")]
    [InlineData("private static RotaryEmbedding Made(int width) => new(width, 10_000);")]
    [InlineData("private readonly RotaryEmbedding rotary = new(64, 10_000);")]
    [InlineData("private static System.Drawing.Size Made() => new(63, 10_000);")]
    [InlineData("private sealed class RotaryEmbedding(int headDim, double theta) { public double Both => headDim * theta; } private readonly RotaryEmbedding rotary = new(63, 10_000);")]
    public Task Wherever_one_is_made(string member) => AnalyzerRun.Of($$"""
        using QLoraGen;
        using static TorchSharp.torch;

        namespace Declared;

        [Module]
        public sealed partial class Part(int width) : Module
        {
            {{member}}

            public partial Linear Proj { get; } = new(width, width);

            public Tensor Forward(Tensor x) => Proj.Forward(x);
        }
        """);
}
