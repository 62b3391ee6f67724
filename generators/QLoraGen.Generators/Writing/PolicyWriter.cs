using QLoraGen.Generators.Models;

namespace QLoraGen.Generators.Writing;

/// <summary>What the attributes of a [Model] class declare, as members.</summary>
internal static class PolicyWriter
{
    public static void Write(IndentedWriter writer, RootModel root)
    {
        writer.Line("/// <summary>The <c>model_type</c> of the config.json files that this class reads.</summary>");
        writer.Line($"public const string ModelType = {CSharp.Literal(root.ModelType)};");
        writer.Line();
        Format(writer, root.Quantized);
        writer.Line();
        Adapter(writer, root.Lora);
    }

    /// <summary>The policies that stand on a [Checkpoint] class, in the place of its base's.</summary>
    public static void WriteOwn(IndentedWriter writer, PolicyModel policy)
    {
        if (policy.Quantized is not null)
        {
            writer.Line();
            Format(writer, policy.Quantized);
        }
        if (policy.Lora is not null)
        {
            writer.Line();
            Adapter(writer, policy.Lora);
        }
    }

    private static void Format(IndentedWriter writer, QuantizedModel? quantized)
    {
        writer.Line("/// <summary>How [Quantized] asks for the weights to be frozen.</summary>");
        writer.Line($"public override QuantFormat? DeclaredFormat => {Format(quantized)};");
    }

    private static void Adapter(IndentedWriter writer, LoraModel? lora)
    {
        writer.Line("/// <summary>The adapters that [LoRA] asks for.</summary>");
        writer.Line($"public override LoraConfig? DeclaredAdapter => {Adapter(lora)};");
    }

    private static string Format(QuantizedModel? quantized) => quantized is null or { Type: "None" }
        ? "null"
        : $"new(QuantType.{quantized.Type}, BlockSize: {quantized.BlockSize}, DoubleQuant: {CSharp.Literal(quantized.DoubleQuant)})";

    private static string Adapter(LoraModel? lora)
    {
        if (lora is null)
        {
            return "null";
        }
        List<string> fields = [$"R = {lora.R}", $"LoraAlpha = {CSharp.Literal(lora.Alpha)}"];
        if (lora.Dropout != 0)
        {
            fields.Add($"LoraDropout = {CSharp.Literal(lora.Dropout)}");
        }
        if (lora.UseRslora)
        {
            fields.Add("UseRslora = true");
        }
        if (lora.Targets.Count > 0)
        {
            fields.Add($"TargetModules = [{string.Join(", ", lora.Targets.Select(CSharp.Literal))}]");
        }
        if (lora.Exclude.Count > 0)
        {
            fields.Add($"ExcludeModules = [{string.Join(", ", lora.Exclude.Select(CSharp.Literal))}]");
        }
        LoraConfig config = lora.ToConfig();
        if (config.RankPattern.Count > 0)
        {
            fields.Add($"RankPattern = [{string.Join(", ", config.RankPattern.Select(static e => $"new({CSharp.Literal(e.Key)}, {e.Value})"))}]");
        }
        if (config.AlphaPattern.Count > 0)
        {
            fields.Add($"AlphaPattern = [{string.Join(", ", config.AlphaPattern.Select(static e => $"new({CSharp.Literal(e.Key)}, {CSharp.Literal(e.Value)})"))}]");
        }
        return $"new() {{ {string.Join(", ", fields)} }}";
    }
}
