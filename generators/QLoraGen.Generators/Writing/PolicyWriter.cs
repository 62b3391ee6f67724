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
        Add(lora.Dropout != 0, "LoraDropout", CSharp.Literal(lora.Dropout));
        Add(lora.UseRslora, "UseRslora", "true");
        Add(lora.UseDora, "UseDora", "true");
        Add(lora.LoraBias, "LoraBias", "true");
        Add(lora.Bias != BiasTraining.None, "Bias", $"BiasTraining.{lora.Bias}");
        Add(lora.InitLoraWeights != LoraStart.Default, "InitLoraWeights", CSharp.Literal(lora.InitLoraWeights));
        Names("TargetModules", lora.Targets);
        Add(lora.TargetPattern is not null, "TargetPattern", CSharp.Literal(lora.TargetPattern ?? ""));
        Names("ExcludeModules", lora.Exclude);
        Add(lora.ExcludePattern is not null, "ExcludePattern", CSharp.Literal(lora.ExcludePattern ?? ""));
        Names("ModulesToSave", lora.ModulesToSave);
        Add(lora.LayersToTransform.Count > 0, "LayersToTransform", $"[{string.Join(", ", lora.LayersToTransform)}]");
        Names("LayersPattern", lora.LayersPattern);
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

        void Add(bool isSet, string field, string value)
        {
            if (isSet)
            {
                fields.Add($"{field} = {value}");
            }
        }

        void Names(string field, EquatableArray<string> names) =>
            Add(names.Count > 0, field, $"[{string.Join(", ", names.Select(CSharp.Literal))}]");
    }
}
