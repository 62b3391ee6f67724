using System.Globalization;
using QLoraGen.Generators.Binding;
using QLoraGen.Generators.Models;
using QLoraGen.Generators.Sizes;
using QLoraGen.Json;

namespace QLoraGen.Analyzers.Configs;

/// <summary>A model's layers as adapter rules see them: with its config.json each one as the loader will, else once for all blocks.</summary>
internal sealed class ModelLayers
{
    private const int MostBlocks = 1000;

    private readonly IScope scope;
    private readonly List<TargetLayer> layers = [];

    private ModelLayers(IScope scope) => this.scope = scope;

    /// <param name="tree">The model.</param>
    /// <param name="config">Its config.json, where that is known: sizes are known then, and which layers are there at all.</param>
    /// <returns>Null where a module's layers cannot be seen, so that nothing can be said of what is not there.</returns>
    public static IReadOnlyList<TargetLayer>? Of(ModelTree tree, JsonNode? config)
    {
        if (tree.Members.Count == 0 || tree.Members.Any(HidesLayers))
        {
            return null;
        }
        var read = new ModelLayers(tree.ScopeOf(new ConfigScope(tree.Config, config is null ? static _ => Folding.Unknown : ConfigFileValues.Of(config))));
        foreach (TreeNode member in tree.Members)
        {
            read.Add(member, "", "");
        }
        return read.layers;
    }

    // The declared path begins as the owner's does, whose numbers may be known in the real one.
    private void Add(TreeNode node, string declared, string real)
    {
        if (node.Member.Creation?.Condition?.Fold(scope) is false)
        {
            return;
        }
        string path = real + node.Path.Substring(declared.Length);
        if (node.Member.Kind == MemberKind.Layer)
        {
            layers.Add(node.AsTarget(scope, path));
            return;
        }
        string[] elements = node.Path.EndsWith(".*", StringComparison.Ordinal)
            && node.Member.Creation?.Count.FoldSize(scope) is { } count and >= 0 and <= MostBlocks
            ? [.. Enumerable.Range(0, (int)count).Select(i => path.Substring(0, path.Length - 1) + i.ToString(CultureInfo.InvariantCulture))]
            : [path];
        foreach (string element in elements)
        {
            foreach (TreeNode child in node.Children)
            {
                Add(child, node.Path, element);
            }
        }
    }

    private static bool HidesLayers(TreeNode node) =>
        node.Member.Kind == MemberKind.Module && (node.Children.Count == 0 || node.Children.Any(HidesLayers));
}
