using QLoraGen.Generators.Writing;

namespace QLoraGen.Generators.Models;

/// <summary>One class marked [Module] or [Model]: all that its generated part is written from.</summary>
/// <param name="Namespace">As C# spells it; empty for the global namespace.</param>
/// <param name="Name">The class's name, unescaped.</param>
/// <param name="Members">Layers and modules, in the order of declaration.</param>
/// <param name="Root">What only a [Model] has; null for a [Module].</param>
internal sealed record ModuleModel(string Namespace, string Name, EquatableArray<MemberModel> Members, RootModel? Root)
{
    public string HintName => Namespace.Length == 0 ? $"{Name}.g.cs" : $"{Namespace.Replace("@", "")}.{Name}.g.cs";

    /// <summary>A [Model]'s entry in the index.</summary>
    public ArchitectureModel ToArchitecture() => new(
        Root!.ModelType, $"global::{(Namespace.Length == 0 ? "" : $"{Namespace}.")}{CSharp.Identifier(Name)}", Root.ConfigType);
}
