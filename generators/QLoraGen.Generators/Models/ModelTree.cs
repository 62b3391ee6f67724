using QLoraGen.Generators.Sizes;

namespace QLoraGen.Generators.Models;

/// <summary>A whole model: what its class declares and what the classes of its members declare, down to the layers.</summary>
/// <param name="Type">The class's name.</param>
/// <param name="Parameter">Name of the constructor's parameter that takes the configuration; sizes are in its words.</param>
/// <param name="Config">The configuration.</param>
/// <param name="Members">In the order of declaration, which is that of the region.</param>
internal sealed record ModelTree(string Type, string Parameter, ConfigModel Config, EquatableArray<TreeNode> Members)
{
    /// <summary>Every layer, in order; a layer inside a list is there once.</summary>
    public IEnumerable<TreeNode> Layers => Members.SelectMany(static member => member.Layers);

    /// <summary>What sizes are folded with, where the configuration is known.</summary>
    public IScope ScopeOf(ConfigScope config) => new RootScope(Parameter, config);

    private sealed class RootScope(string parameter, ConfigScope config) : IScope
    {
        public object? ValueOf(string name) => name == parameter ? config : Folding.Unknown;
    }
}

/// <summary>A layer or a module somewhere in a model.</summary>
/// <param name="Path">The checkpoint's path, with <c>*</c> for the number within a list: <c>model.layers.*.mlp</c>.</param>
/// <param name="Access">The C# path of properties, with <c>[*]</c> for an element of a list: <c>Model.Layers[*].Mlp</c>.</param>
/// <param name="Member">Its declaration, with all sizes in the words of the whole model.</param>
/// <param name="Children">What it holds; of a list, what each of its elements holds; empty for a layer.</param>
internal sealed record TreeNode(string Path, string Access, MemberModel Member, EquatableArray<TreeNode> Children)
{
    /// <summary>Itself, or the layers inside it.</summary>
    public IEnumerable<TreeNode> Layers => Member.Kind == MemberKind.Layer ? [this] : Children.SelectMany(static child => child.Layers);

    /// <summary>A layer as adapter rules see it, at this path or another one.</summary>
    /// <param name="scope">What its sizes are folded with; null leaves them unknown.</param>
    /// <param name="path">Its path where that is known better.</param>
    public TargetLayer AsTarget(IScope? scope = null, string? path = null)
    {
        (string width, string height) = Member.IsEmbedding ? ("numEmbeddings", "embeddingDim") : ("inFeatures", "outFeatures");
        return new TargetLayer(
            path ?? Path, Member.IsLinear, Member.FullPrecision,
            scope is null ? null : Argument(width).FoldSize(scope), scope is null ? null : Argument(height).FoldSize(scope))
        {
            IsEmbedding = Member.IsEmbedding,
        };
    }

    /// <summary>The argument that a layer's constructor was given for a parameter, or null.</summary>
    public Expression? Argument(string parameter) => Member.Creation?.Arguments.FirstOrDefault(a => a.Name == parameter)?.Value;
}
