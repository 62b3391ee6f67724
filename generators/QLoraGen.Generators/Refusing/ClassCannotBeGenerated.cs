using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using QLoraGen.Generators.Reading;
using QLoraGen.Rules;

namespace QLoraGen.Generators.Refusing;

/// <summary>A declared class of a kind for which no part can be generated.</summary>
internal static class ClassCannotBeGenerated
{
    public static readonly Rule Rule = new(
        "QLG111", "Nothing can be generated for a class", RuleSeverity.Error, "Nothing can be generated for '{0}': {1}.");

    public static Refusal? Check(INamedTypeSymbol type, CancellationToken cancellation) =>
        Why(type) is { } why && type.DeclaringSyntaxReferences[0].GetSyntax(cancellation) is ClassDeclarationSyntax declaration
            ? Refusal.At(declaration.Identifier, Rule.Broken(type.Name, why))
            : null;

    private static string? Why(INamedTypeSymbol type)
    {
        AttributeData? model = type.FindAttribute(KnownNames.ModelAttribute);
        return type switch
        {
            { IsFileLocal: true } => "it is local to its file; declare it without 'file'",
            _ when IsGeneric(type) => "it is generic, or lies in a generic type; declare it without type parameters",
            _ when model is null && type.FindAttribute(KnownNames.ModuleAttribute) is null => WhyNotBound(type),
            _ when model is null => type.DerivesFrom(KnownNames.ModuleBase) ? null : "a [Module] derives from Module; declare it ': Module'",
            _ when !type.DerivesFrom(KnownNames.ModelBase) => "a [Model] derives from CausalLM; declare it ': CausalLM(config)'",
            { IsAbstract: true } => "it is abstract, and a [Model] is made from its config.json; declare it without 'abstract'",
            _ when model.ConstructorArguments is not [{ Value: string { Length: > 0 } }] =>
                "[Model] names no model_type; name that of its config.json files, such as [Model(\"llama\")]",
            _ when RootReader.ConstructorOf(type) is null =>
                "it has no constructor that takes its configuration alone; declare 'class {0}(MyConfig config) : CausalLM(config)'".Replace("{0}", type.Name),
            _ => null,
        };
    }

    // A [Checkpoint] class that derives from a model; whether it does is another rule's affair.
    private static string? WhyNotBound(INamedTypeSymbol type) => type switch
    {
        { ContainingType: not null } => "it is bound to a file and lies in another type; declare it in a namespace",
        { IsAbstract: true } => "it is bound to a file and abstract; declare it without 'abstract'",
        _ => null,
    };

    private static bool IsGeneric(INamedTypeSymbol type) =>
        type.IsGenericType || (type.ContainingType is { } outer && IsGeneric(outer));
}
