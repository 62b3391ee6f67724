using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;
using QLoraGen.Generators.Models;

namespace QLoraGen.Generators.Writing;

/// <summary>The generated part of one [Module] or [Model] class.</summary>
internal static class ModuleWriter
{
    public static void Write(SourceProductionContext output, ModuleModel module) =>
        output.AddSource(module.HintName, SourceText.From(Source(module), FileHeader.Encoding));

    private static string Source(ModuleModel module)
    {
        var writer = new IndentedWriter();
        FileHeader.Write(writer, $"the declaration of {module.Name}", module.Namespace, "QLoraGen");
        Inside(writer, module.Outer, 0, () => WriteClass(writer, module));
        return writer.ToString();
    }

    private static void Inside(IndentedWriter writer, IReadOnlyList<string> outer, int depth, Action write)
    {
        if (depth == outer.Count)
        {
            write();
        }
        else
        {
            writer.Block(outer[depth], () => Inside(writer, outer, depth + 1, write));
        }
    }

    private static void WriteClass(IndentedWriter writer, ModuleModel module)
    {
        if (module.Root is { } model)
        {
            UnitWriter.Documentation(writer, model);
        }
        MetadataWriter.Write(writer, module);
        writer.Block($"partial class {CSharp.Identifier(module.Name)}", () =>
        {
            if (module.Root is { } root)
            {
                PolicyWriter.Write(writer, root);
                writer.Line();
            }
            foreach (MemberModel member in module.Members)
            {
                writer.Line($"{member.Modifiers} partial {member.Type} {CSharp.Identifier(member.Name)} {{ {member.Accessors} }}{(member.IsMade ? "" : " = null!;")}");
                writer.Line();
            }
            WiringWriter.Register(writer, module);
            writer.Line();
            WiringWriter.Lay(writer, module);
            writer.Line();
            WiringWriter.Load(writer, module);
            writer.Line();
            WiringWriter.Adapt(writer, module);
        });
    }
}
