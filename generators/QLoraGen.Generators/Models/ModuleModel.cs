using QLoraGen.Generators.Writing;

namespace QLoraGen.Generators.Models;

/// <summary>One class marked [Module] or [Model]: all that its generated part is written from.</summary>
/// <param name="Namespace">As C# spells it; empty for the global namespace.</param>
/// <param name="Outer">Declarations of the types around it, the outermost first: <c>partial class Outer</c>.</param>
/// <param name="Name">The class's name, unescaped.</param>
/// <param name="Members">Layers and modules, in the order of declaration.</param>
/// <param name="Root">What only a [Model] has; null for a [Module].</param>
internal sealed record ModuleModel(
    string Namespace, EquatableArray<string> Outer, string Name, EquatableArray<MemberModel> Members, RootModel? Root)
{
    public string HintName => $"{FullName.Replace("@", "")}.g.cs";

    /// <summary>With its namespace and the types around it, as C# spells it.</summary>
    public string FullName => string.Join(".",
        [.. Namespace.Length == 0 ? [] : new[] { Namespace }, .. Outer.Select(static outer => outer.Substring(outer.LastIndexOf(' ') + 1)), CSharp.Identifier(Name)]);

    /// <summary>A [Model]'s entry in the index.</summary>
    public ArchitectureModel ToArchitecture() => new(
        Root!.ModelType, $"global::{FullName}", Root.ConfigType);
}
