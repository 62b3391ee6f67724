using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;
using QLoraGen.Generators.Binding;
using QLoraGen.Generators.Models;

namespace QLoraGen.Generators.Writing;

/// <summary>The generated part of a [Checkpoint] class: its configuration, plan and layout, as constants.</summary>
internal static class CheckpointWriter
{
    public static void Write(SourceProductionContext output, BoundCheckpoint checkpoint) =>
        output.AddSource(checkpoint.Class.HintName, SourceText.From(Source(checkpoint), FileHeader.Encoding));

    private static string Source(BoundCheckpoint checkpoint)
    {
        CheckpointModel type = checkpoint.Class;
        var writer = new IndentedWriter();
        FileHeader.Write(writer, $"{checkpoint.File} and the declaration of {type.Name}", type.Namespace, "QLoraGen");
        if (checkpoint.Model is { } sized)
        {
            PlanWriter.Documentation(writer, checkpoint.File, sized, type.Root.Lora);
        }
        writer.Block($"partial class {CSharp.Identifier(type.Name)}", () =>
        {
            writer.Line($"/// <summary>The model of <c>{DocTable.Escaped(checkpoint.File)}</c>, without weights.</summary>");
            writer.Line($"public {CSharp.Identifier(type.Name)}() : {(type.IsModel ? "this" : "base")}(CheckpointConfig)");
            writer.Line("{");
            writer.Line("}");
            writer.Line();
            writer.Line($"/// <summary>What <c>{DocTable.Escaped(checkpoint.File)}</c> holds.</summary>");
            writer.Block($"public static {type.ConfigType} CheckpointConfig {{ get; }} = new()", () =>
            {
                foreach (string entry in checkpoint.Config)
                {
                    writer.Line($"{entry},");
                }
            }, end: "};");
            PolicyWriter.WriteOwn(writer, type.OwnPolicy);
            if (checkpoint.Model is { } model)
            {
                writer.Line();
                PlanWriter.Write(writer, model.Plan);
                if (type.CanLay)
                {
                    writer.Line();
                    LayoutWriter.Write(writer, model);
                }
            }
        });
        return writer.ToString();
    }
}
