using QLoraGen.Generators.Binding;
using QLoraGen.Generators.Models;
using QLoraGen.Generators.Sizes;
using QLoraGen.Json;

namespace QLoraGen.Analyzers.Configs;

/// <summary>A model's layers as adapter rules see them.</summary>
internal static class ModelLayers
{
    /// <param name="tree">The model.</param>
    /// <param name="config">Its config.json, where that is known: sizes are known then, and which layers are there at all.</param>
    /// <returns>Null where a module's layers cannot be seen, so that nothing can be said of what is not there.</returns>
    public static IReadOnlyList<TargetLayer>? Of(ModelTree tree, JsonNode? config)
    {
        if (tree.Members.Count == 0 || tree.Members.Any(HidesLayers))
        {
            return null;
        }
        IScope scope = tree.ScopeOf(new ConfigScope(tree.Config, config is null ? static _ => Folding.Unknown : ConfigFileValues.Of(config)));
        return [.. tree.Layers.Where(layer => layer.Member.Creation?.Condition?.Fold(scope) is not false).Select(layer => new TargetLayer(
            layer.Path, layer.Member.IsLinear, layer.Member.FullPrecision,
            layer.Argument("inFeatures").FoldSize(scope), layer.Argument("outFeatures").FoldSize(scope)))];
    }

    private static bool HidesLayers(TreeNode node) =>
        node.Member.Kind == MemberKind.Module && (node.Children.Count == 0 || node.Children.Any(HidesLayers));
}
