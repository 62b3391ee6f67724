using QLoraGen.Analyzers.Tests.Running;

namespace QLoraGen.Analyzers.Tests.Declarations;

/// <summary>Two members may have one key where one is made exactly where the other is not.</summary>
public sealed class DuplicateKeyTests
{
    [Theory]
    [InlineData("Other", "wide ? new(width, width) : null", "wide ? null : new(width, 1)")]
    [InlineData("Other", "wide ? null : new(width, width)", "wide ? new(width, 1) : null")]
    [InlineData("{|QLG105:Other|}", "wide ? new(width, width) : null", "wide ? new(width, 1) : null")]
    [InlineData("{|QLG105:Other|}", "wide ? new(width, width) : null", "width > 8 ? null : new(width, 1)")]
    [InlineData("{|QLG105:Other|}", "wide ? new(width, width) : null", "new(width, 1)")]
    public Task Alternatives(string other, string first, string second) => AnalyzerRun.Of($$"""
        using QLoraGen;
        using static TorchSharp.torch;

        namespace Declared;

        [Module]
        public sealed partial class Part(int width, bool wide) : Module
        {
            public partial Linear? Proj { get; } = {{first}};

            [Key("proj")]
            public partial Linear? {{other}} { get; } = {{second}};

            public Tensor Forward(Tensor x) => Proj?.Forward(x) ?? Other!.Forward(x);
        }
        """);
}
