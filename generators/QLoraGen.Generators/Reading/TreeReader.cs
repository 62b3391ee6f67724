using Microsoft.CodeAnalysis;
using QLoraGen.Generators.Models;
using QLoraGen.Generators.Sizes;
using QLoraGen.Generators.Writing;

namespace QLoraGen.Generators.Reading;

/// <summary>From a model's class to its <see cref="ModelTree"/>, through the classes of its members, wherever they are declared.</summary>
/// <param name="compilation">The project.</param>
/// <param name="cancellation">Stops the reading.</param>
internal sealed class TreeReader(Compilation compilation, CancellationToken cancellation)
{
    private const int Deepest = 16;   // a class that holds itself would have no end

    private static readonly PerCompilation<ModelTree> known = new();

    private readonly MemberReader members = new(compilation, cancellation);

    /// <param name="model">A class marked [Model].</param>
    /// <param name="constructor">Its constructor that takes the configuration alone.</param>
    public ModelTree Read(INamedTypeSymbol model, IMethodSymbol constructor) => known.Get(compilation, model, () =>
    {
        IParameterSymbol config = constructor.Parameters[0];
        Dictionary<string, Expression> own = new(StringComparer.Ordinal) { [config.Name] = new Parameter(config.Name) };
        return new ModelTree(
            model.Name, config.Name, new ConfigReader(compilation, cancellation).Read(config.Type, model),
            Children(model, "", "", own, 0));
    });

    private EquatableArray<TreeNode> Children(
        INamedTypeSymbol type, string path, string access, IReadOnlyDictionary<string, Expression> given, int depth) =>
        depth > Deepest ? default : EquatableArray<TreeNode>.From(
            members.Read(type).Select(member => Node(type, member, path, access, given, depth)));

    private TreeNode Node(
        INamedTypeSymbol owner, MemberModel declared, string path, string access, IReadOnlyDictionary<string, Expression> given, int depth)
    {
        MemberModel member = declared.With(given);
        (path, access) = (path + member.Key, access + CSharp.Identifier(member.Name) + (member.IsOptional ? "!" : ""));
        if (member.Kind == MemberKind.Layer || owner.GetMembers(member.Name).OfType<IPropertySymbol>().FirstOrDefault()?.Type is not INamedTypeSymbol type)
        {
            return new TreeNode(path, access, member, default);
        }
        bool isList = type.IsModuleList();
        if (isList && type.TypeArguments[0] is INamedTypeSymbol repeated)
        {
            (type, path, access) = (repeated, path + ".*", access + "[*]");
        }
        // A module whose making cannot be read is given nothing: its sizes are not known.
        Dictionary<string, Expression> arguments = (member.Creation?.Arguments ?? default)
            .ToDictionary(static a => a.Name, static a => a.Value, StringComparer.Ordinal);
        foreach (IParameterSymbol left in member.Creation is null ? [] : LeftOut(type, arguments))
        {
            arguments.Add(left.Name, ExpressionReader.Of(left.ExplicitDefaultValue));
        }
        return new TreeNode(path, access, member, Children(type, path + ".", access + ".", arguments, depth + 1));
    }

    // What a module with one constructor is made with where its maker says nothing.
    private static IEnumerable<IParameterSymbol> LeftOut(INamedTypeSymbol type, Dictionary<string, Expression> given) =>
        type.InstanceConstructors is [var only] ? [.. only.Parameters.Where(p => p.HasExplicitDefaultValue && !given.ContainsKey(p.Name))] : [];
}
