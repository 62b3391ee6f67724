using QLoraGen.Generators.Models;

namespace QLoraGen.Generators.Writing;

/// <summary>The four overrides of <c>QLoraGen.Module</c>: each a straight line over the members.</summary>
internal static class WiringWriter
{
    public static void Register(IndentedWriter writer, ModuleModel module) =>
        Method(writer, module, "Registers the layers under the checkpoint's keys.", "Register()",
            static member => [$"register_module({Key(member)}, {Name(member)});"]);

    public static void Lay(IndentedWriter writer, ModuleModel module) =>
        Method(writer, module, "Gives every frozen tensor its place in the region, in this order.", "Lay(QuantStateLayout layout)",
            static member => member.Kind == MemberKind.Module
                ? [$"layout.Module({Key(member)}, {Name(member)});"]
                : member.Tensors.Select(tensor => Lay(member, tensor)));

    public static void Load(IndentedWriter writer, ModuleModel module) =>
        Method(writer, module, "Fills every frozen tensor from the checkpoint, checking its shape.", "Load(CheckpointLoader checkpoint)",
            static member => member.Kind == MemberKind.Module
                ? [$"checkpoint.Module({Key(member)}, {Name(member)});"]
                : member.Tensors.Select(tensor => $"checkpoint.Load({Key(member, tensor)}, {Name(member)}.{tensor.Name});"));

    public static void Adapt(IndentedWriter writer, ModuleModel module) =>
        Method(writer, module, "Lists the layers: adapters train A and B of linear ones, and nothing else.", "Adapt(AdapterTargets targets)",
            static member => member switch
            {
                { Kind: MemberKind.Module } => [$"targets.Module({Key(member)}, {Name(member)});"],
                { IsLinear: true, FullPrecision: true } => [$"targets.FullPrecision({Key(member)}, {Name(member)});"],
                { IsLinear: true } => [$"targets.Linear({Key(member)}, {Name(member)});"],
                _ => [$"targets.Other({Key(member)}, {Name(member)});"],
            });

    private static string Name(MemberModel member) => CSharp.Identifier(member.Name);

    private static string Key(MemberModel member) => CSharp.Literal(member.Key);

    private static string Key(MemberModel member, TensorModel tensor) => CSharp.Literal($"{member.Key}.{tensor.Key}");

    private static string Lay(MemberModel member, TensorModel tensor)
    {
        string kind = tensor.Quantizable && !member.FullPrecision ? "Quantized" : "Dense";
        string shape = tensor.Shape.Count == 0 ? "" : $"   // [{string.Join(", ", tensor.Shape)}]";
        return $"layout.{kind}({Key(member, tensor)}, {Name(member)}.{tensor.Name});{shape}";
    }

    private static void Method(
        IndentedWriter writer, ModuleModel module, string summary, string signature, Func<MemberModel, IEnumerable<string>> lines)
    {
        writer.Line($"/// <summary>{summary}</summary>");
        writer.Block($"protected override void {signature}", () =>
        {
            foreach (MemberModel member in module.Members)
            {
                string[] statements = [.. lines(member)];
                if (member.IsOptional && statements.Length > 0)
                {
                    writer.Block($"if ({Name(member)} is not null)", () => WriteAll(writer, statements));
                }
                else
                {
                    WriteAll(writer, statements);
                }
            }
        });
    }

    private static void WriteAll(IndentedWriter writer, string[] statements)
    {
        foreach (string statement in statements)
        {
            writer.Line(statement);
        }
    }
}
