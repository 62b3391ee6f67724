using QLoraGen.Analyzers.Tests.Running;

namespace QLoraGen.Analyzers.Tests.Shapes;

/// <summary>How widths are followed through <c>Forward</c>: what is known is checked, what is not is left alone.</summary>
public sealed class WidthFlowTests
{
    [Theory]
    [InlineData("return Down.Forward(Up.Forward(x));")]
    [InlineData("x = Norm.Forward(x); return Down.Forward({|QLG201:x|});")]
    [InlineData("Tensor h = Up.Forward(x); return Up.Forward({|QLG201:h|});")]
    [InlineData("Tensor h = Up.Forward(x); h = Down.Forward(h); return Up.Forward(h);")]
    [InlineData("return Up.Forward(Norm.Forward(x));")]
    [InlineData("return Up.Forward({|QLG201:Wide.Forward(Up.Forward(x))|});")]
    [InlineData("return Norm.Forward({|QLG201:Up.Forward(x)|});")]
    public Task Through_layers_and_norms(string forward) => Forward(forward);

    [Theory]
    [InlineData("return Down.Forward(nn.functional.silu(Up.Forward(x)) * Gate.Forward(x));")]
    [InlineData("return x + Down.Forward(Up.Forward(x));")]
    [InlineData("return {|QLG207:x + Up.Forward(x)|};")]
    [InlineData("x = x + Down.Forward(Up.Forward(x)); return {|QLG207:Up.Forward(x) - x|};")]
    [InlineData("Tensor h = Up.Forward(x); h += Gate.Forward(x); return Down.Forward(h);")]
    [InlineData("Tensor h = Up.Forward(x); {|QLG207:h += x|}; return Down.Forward(h);")]
    [InlineData("return Down.Forward(Up.Forward(x).mul(2) * 0.5);")]
    [InlineData("x = Norm.Forward(x); return Down.Forward({|QLG201:x.to(float32).contiguous()|});")]
    [InlineData("return Down.Forward(new Activation(\"silu\").Apply(Up.Forward(x)));")]
    [InlineData("return Norm.Forward({|QLG201:new Activation(\"silu\").Apply(Up.Forward(x))|});")]
    [InlineData("return Norm.Forward({|QLG201:Softcap.Apply(Up.Forward(x), 30)|});")]
    [InlineData("x = Norm.Forward(x); return Down.Forward(cat([x, x, x, x], -1));")]
    [InlineData("x = Norm.Forward(x); return Down.Forward({|QLG201:cat([x, x], -1)|});")]
    public Task Through_element_wise_operations_and_residual_sums(string forward) => Forward(forward);

    [Theory]
    [InlineData("return Part.Forward(x);")]
    [InlineData("return Part.Forward({|QLG201:Up.Forward(x)|});")]
    [InlineData("return Down.Forward({|QLG201:Part.Forward(x)|});")]
    [InlineData("foreach (Part part in Parts) { x = part.Forward(x); } return Up.Forward(x);")]
    [InlineData("foreach (Part part in Parts) { x = part.Forward({|QLG201:Up.Forward(x)|}); } return x;")]
    [InlineData("return Down.Forward({|QLG201:Twice(x)|});")]
    [InlineData("return Up.Forward(Twice(x));")]
    public Task Through_calls_between_modules_and_of_own_methods(string forward) => Forward(forward);

    [Theory]
    [InlineData("if (x.dim() > 2) { x = Up.Forward(x); } return Down.Forward(x);")]
    [InlineData("Tensor h = x.dim() > 2 ? Up.Forward(x) : Gate.Forward(x); return Norm.Forward({|QLG201:h|});")]
    [InlineData("Tensor h = x.dim() > 2 ? Up.Forward(x) : x; return Norm.Forward(h);")]
    [InlineData("switch (x.dim()) { case 2: x = Up.Forward(x); break; } return Down.Forward(x);")]
    [InlineData("try { x = Up.Forward(x); } finally { } return Down.Forward(x);")]
    public Task Where_ways_part_only_what_holds_on_each_is_known(string forward) => Forward(forward);

    [Theory]
    [InlineData("return Down.Forward(x.view(1, -1));")]
    [InlineData("return Down.Forward(Elsewhere.Make(x));")]
    [InlineData("return Down.Forward(x.transpose(1, 2));")]
    [InlineData("Tensor[] all = [x]; return Down.Forward(all[0]);")]
    [InlineData("Func<Tensor, Tensor> f = Up.Forward; return Down.Forward(f(x));")]
    [InlineData("(Tensor a, Tensor b) = (Up.Forward(x), x); return Down.Forward(a) + b;")]
    [InlineData("return x * Up.Forward(x).mean([-1], keepdim: true);")]
    public Task What_cannot_be_followed_is_let_be(string forward) => Forward(forward);

    [Theory]
    [InlineData("config.NumAttentionHeads * config.HeadDim", "config.HiddenSize")]   // equal in most files
    [InlineData("config.IntermediateSize / 2", "config.HiddenSize")]
    [InlineData("2 * config.HiddenSize", "config.HiddenSize + config.HiddenSize")]
    [InlineData("Sizes.Of(config)", "config.HiddenSize")]
    [InlineData("config.NumAttentionHeads * 64", "config.HiddenSize")]
    [InlineData("64", "config.HiddenSize")]
    public Task Sizes_that_may_be_equal_are_let_be(string made, string taken) => Sized(made, taken, "{0}");

    [Theory]
    [InlineData("config.HiddenSize", "config.IntermediateSize")]
    [InlineData("config.HiddenSize", "2 * config.HiddenSize")]
    [InlineData("128", "64")]
    public Task Sizes_that_differ_whatever_the_file_are_faults(string made, string taken) => Sized(made, taken, "{{|QLG201:{0}|}}");

    private static Task Sized(string made, string taken, string mark)
    {
        string hidden = made.Contains("Sizes", StringComparison.Ordinal) ? "{|QLG108:" + made + "|}" : made;
        return AnalyzerRun.Of($$"""
            using QLoraGen;
            using static TorchSharp.torch;
            namespace Declared;

            public sealed record TinyConfig : ModelConfig
            {
                public required int IntermediateSize { get; init; }
                public required int NumAttentionHeads { get; init; }
                public int HeadDim { get => field == 0 ? HiddenSize / NumAttentionHeads : field; init; }
            }
            public static class Sizes { public static int Of(TinyConfig config) => config.HiddenSize; }

            [Module]
            public sealed partial class Tiny(TinyConfig config) : Module
            {
                public partial Linear First { get; } = new(8, {{hidden}});
                public partial Linear Second { get; } = new({{taken}}, 8);
                public Tensor Forward(Tensor x) => Second.Forward({{string.Format(System.Globalization.CultureInfo.InvariantCulture, mark, "First.Forward(x)")}});
            }
            """);
    }

    private static Task Forward(string body) => AnalyzerRun.Of($$"""
        using System;
        using QLoraGen;
        using static TorchSharp.torch;
        namespace Declared;

        public static class Elsewhere { public static Tensor Make(Tensor x) => x; }

        [Module]
        public sealed partial class Part(int width) : Module
        {
            public partial Linear Proj { get; } = new(width, width);
            public Tensor Forward(Tensor x) => x + Proj.Forward(x);
        }

        [Module]
        public sealed partial class Whole(int width) : Module
        {
            public partial Linear Up { get; } = new(width, 4 * width);
            public partial Linear Gate { get; } = new(width, 4 * width);
            public partial Linear Wide { get; } = new(4 * width, 4 * width);
            public partial Linear Down { get; } = new(4 * width, width);
            public partial RMSNorm Norm { get; } = new(width, 1e-5);
            public partial Part Part { get; } = new(width);
            public partial ModuleList<Part> Parts { get; } = new(2, () => new(width));

            public Tensor Forward(Tensor x) { {{body}} }
            private Tensor Twice(Tensor x) => Part.Forward(Part.Forward(x));
            public string Names => nameof(Up) + nameof(Gate) + nameof(Wide) + nameof(Down) + nameof(Norm) + nameof(Parts);
        }
        """);
}
