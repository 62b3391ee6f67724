using QLoraGen.Generators.Models;
using QLoraGen.Generators.Sizes;

namespace QLoraGen.Generators.Writing;

/// <summary>What initializers and getters say, as attributes: it is all that a project sees which uses the class from an assembly.</summary>
internal static class MetadataWriter
{
    public static void Write(IndentedWriter writer, ModuleModel module)
    {
        foreach (MemberModel member in module.Members)
        {
            writer.Line($"[DeclaredShape({string.Join(", ", PartsOf(member))})]");
        }
        foreach (ConfigProperty property in module.Root is { } root ? UsedBy(root.Tree) : [])
        {
            string start = property.Default is null ? "" : $", Default = {CSharp.Literal(property.Default.ToString())}";
            string getter = property.Getter is null ? "" : $", Getter = {CSharp.Literal(property.Getter.ToString())}";
            writer.Line($"[ConfigProperty({CSharp.Literal(property.Name)}{start}{getter})]");
        }
    }

    private static IEnumerable<string> PartsOf(MemberModel member)
    {
        yield return CSharp.Literal(member.Name);
        if (member.Creation is not { } creation)
        {
            yield return "Unread = true";
            yield break;
        }
        foreach (ArgumentModel argument in creation.Arguments)
        {
            yield return CSharp.Literal($"{argument.Name}: {argument.Value}");
        }
        if (creation.Count is { } count)
        {
            yield return $"Count = {CSharp.Literal(count.ToString())}";
        }
        if (creation.Condition is { } condition)
        {
            yield return $"Condition = {CSharp.Literal(condition.ToString())}";
        }
    }

    /// <summary>The properties that sizes depend on and that are more than a plain key of the file.</summary>
    private static IEnumerable<ConfigProperty> UsedBy(ModelTree tree)
    {
        HashSet<string> used = new(StringComparer.Ordinal);
        foreach (Expression? expression in tree.Members.SelectMany(Expressions))
        {
            Visit(expression);
        }
        return tree.Config.Properties.Where(property => used.Contains(property.Name) && (property.Getter ?? property.Default) is not null);

        void Visit(Expression? expression)
        {
            foreach (string name in expression?.PropertyNames() ?? [])
            {
                if (used.Add(name) && tree.Config.Find(name) is { } property)
                {
                    Visit(property.Getter);
                    Visit(property.Default);
                }
            }
        }
    }

    private static IEnumerable<Expression?> Expressions(TreeNode node) =>
    [
        node.Member.Creation?.Count, node.Member.Creation?.Condition,
        .. (node.Member.Creation?.Arguments ?? default).Select(static argument => argument.Value),
        .. node.Children.SelectMany(Expressions),
    ];
}
