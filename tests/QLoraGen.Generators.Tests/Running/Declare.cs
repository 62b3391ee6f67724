namespace QLoraGen.Generators.Tests.Running;

/// <summary>Small declarations around the part that a test is about.</summary>
internal static class Declare
{
    private const string Usings = """
        using QLoraGen;
        using static QLoraGen.QuantType;
        using static TorchSharp.torch;

        """;

    /// <summary>A module <c>Declared.Models.Part</c> with these properties.</summary>
    public static string Part(string members) => Usings + $$"""
        namespace Declared.Models;

        [Module]
        public sealed partial class Part(int width, bool asked) : Module
        {
            public bool Asked => asked;
            public int Width => width;
            {{members}}
        }
        """;

    /// <summary>A model of one layer, <c>Proj</c>, and its configuration.</summary>
    /// <param name="attributes">What stands on the class.</param>
    /// <param name="name">The class's name; its configuration's is this and Config.</param>
    /// <param name="space">Its namespace; null for the global one.</param>
    public static string Model(string attributes, string name = "Tiny", string? space = "Declared.Models") => Usings + $$"""
        {{(space is null ? "" : $"namespace {space};")}}

        public sealed record {{name}}Config : ModelConfig;

        [{{attributes}}]
        public sealed partial class {{name}}({{name}}Config config) : CausalLM(config)
        {
            public partial Linear Proj { get; } = new(config.HiddenSize, config.VocabSize);

            public override Tensor Hidden(Tensor ids, KVCache? cache = null) => ids;

            public override Tensor Logits(Tensor hidden) => Proj.Forward(hidden);
        }
        """;

    /// <summary>Some source below the usual usings.</summary>
    public static string Source(string source) => Usings + source;
}
