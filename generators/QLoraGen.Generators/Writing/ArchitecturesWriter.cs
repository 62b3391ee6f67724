using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;
using QLoraGen.Generators.Models;

namespace QLoraGen.Generators.Writing;

/// <summary>The index of an assembly's [Model] classes, by <c>model_type</c>.</summary>
internal static class ArchitecturesWriter
{
    public static void Write(SourceProductionContext output, EquatableArray<ArchitectureModel> models, string rootNamespace)
    {
        if (models.Count == 0)
        {
            return;
        }
        var writer = new IndentedWriter();
        FileHeader.Write(writer, "the [Model] classes of this assembly", rootNamespace, "System.Collections.Generic", "QLoraGen", "QLoraGen.Checkpoints");
        writer.Line("/// <summary>The architectures declared in this assembly.</summary>");
        writer.Block("public static class Architectures", () =>
        {
            writer.Line("/// <summary>The <c>model_type</c> values that are known here.</summary>");
            writer.Line($"public static IReadOnlyList<string> ModelTypes {{ get; }} = [{string.Join(", ", models.Select(m => $"{Name(m.Type)}.ModelType"))}];");
            writer.Line();
            writer.Line("/// <summary>The model that a config.json asks for, without weights.</summary>");
            writer.Line("/// <exception cref=\"QLoraException\">Its <c>model_type</c> is not known here.</exception>");
            writer.Block("public static CausalLM Create(ConfigFile config) => config.ModelType switch", () =>
            {
                foreach (ArchitectureModel model in models)
                {
                    writer.Line($"{Name(model.Type)}.ModelType => new {Name(model.Type)}(config.Read<{Name(model.ConfigType)}>()),");
                }
                writer.Line("_ => throw config.UnknownModelType(ModelTypes),");
            }, end: "};");
        });
        output.AddSource("Architectures.g.cs", SourceText.From(writer.ToString(), FileHeader.Encoding));

        // Short where the index stands in the type's own namespace.
        string Name(string type)
        {
            string own = $"global::{rootNamespace}.";
            return type.StartsWith(own, StringComparison.Ordinal) && type.IndexOf('.', own.Length) < 0 ? type.Substring(own.Length) : type;
        }
    }
}
