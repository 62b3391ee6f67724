namespace QLoraGen.Generators.Models;

/// <summary>A class marked [Checkpoint]: what is generated once its config.json is known.</summary>
/// <param name="Namespace">As C# spells it; empty for the global namespace.</param>
/// <param name="Name">The class's name, unescaped.</param>
/// <param name="File">The file's name or trailing path, as the attribute gives it.</param>
/// <param name="IsModel">Whether the class is the [Model] class itself; otherwise it derives from one.</param>
/// <param name="ConfigType">The configuration's type, as written in generated code.</param>
/// <param name="OwnPolicy">Policies that stand on the class itself, where it derives from the [Model] class.</param>
/// <param name="Root">The [Model] class's, with the policies that hold here.</param>
/// <param name="CanLay">Whether every layer can be reached from generated code.</param>
internal sealed record CheckpointModel(
    string Namespace, string Name, string File, bool IsModel, string ConfigType, PolicyModel OwnPolicy, RootModel Root, bool CanLay)
{
    public string HintName => $"{(Namespace.Length == 0 ? "" : $"{Namespace.Replace("@", "")}.")}{Name}.Checkpoint.g.cs";
}

/// <summary>The policies that stand on a class.</summary>
internal sealed record PolicyModel(QuantizedModel? Quantized, LoraModel? Lora);

/// <summary>An AdditionalFile with JSON in it.</summary>
internal sealed record JsonFileModel(string Path, string Text);
