using System.Reflection;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace QLoraGen.Analyzers.Tests.Running;

/// <summary>What an assembly shows to others, a line a member, as C# spells it.</summary>
internal static class PublicApi
{
    private static readonly SymbolDisplayFormat typeFormat = new(
        typeQualificationStyle: SymbolDisplayTypeQualificationStyle.NameAndContainingTypes,
        genericsOptions: SymbolDisplayGenericsOptions.IncludeTypeParameters | SymbolDisplayGenericsOptions.IncludeTypeConstraints,
        kindOptions: SymbolDisplayKindOptions.IncludeTypeKeyword,
        miscellaneousOptions: SymbolDisplayMiscellaneousOptions.UseSpecialTypes | SymbolDisplayMiscellaneousOptions.IncludeNullableReferenceTypeModifier);

    private static readonly SymbolDisplayFormat memberFormat = new(
        typeQualificationStyle: SymbolDisplayTypeQualificationStyle.NameOnly,
        genericsOptions: SymbolDisplayGenericsOptions.IncludeTypeParameters | SymbolDisplayGenericsOptions.IncludeTypeConstraints,
        memberOptions: SymbolDisplayMemberOptions.IncludeParameters | SymbolDisplayMemberOptions.IncludeType | SymbolDisplayMemberOptions.IncludeModifiers
            | SymbolDisplayMemberOptions.IncludeAccessibility | SymbolDisplayMemberOptions.IncludeConstantValue | SymbolDisplayMemberOptions.IncludeRef,
        parameterOptions: SymbolDisplayParameterOptions.IncludeType | SymbolDisplayParameterOptions.IncludeName | SymbolDisplayParameterOptions.IncludeDefaultValue
            | SymbolDisplayParameterOptions.IncludeModifiers | SymbolDisplayParameterOptions.IncludeParamsRefOut,
        propertyStyle: SymbolDisplayPropertyStyle.ShowReadWriteDescriptor,
        miscellaneousOptions: SymbolDisplayMiscellaneousOptions.UseSpecialTypes | SymbolDisplayMiscellaneousOptions.IncludeNullableReferenceTypeModifier);

    public static string Of(Assembly assembly)
    {
        MetadataReference reference = MetadataReference.CreateFromFile(assembly.Location);
        IEnumerable<MetadataReference> all = AppDomain.CurrentDomain.GetAssemblies()
            .Where(static loaded => !loaded.IsDynamic && loaded.Location.Length > 0).Select(static loaded => loaded.Location)
            .Except([assembly.Location]).Select(static path => MetadataReference.CreateFromFile(path));
        var compilation = CSharpCompilation.Create("Reader", references: [reference, .. all]);
        var symbol = (IAssemblySymbol)compilation.GetAssemblyOrModuleSymbol(reference)!;
        var text = new StringBuilder();
        foreach (INamedTypeSymbol type in TypesOf(symbol.GlobalNamespace).OrderBy(static type => type.ToDisplayString(), StringComparer.Ordinal))
        {
            Write(type, text);
        }
        return text.ToString();
    }

    private static void Write(INamedTypeSymbol type, StringBuilder text)
    {
        string bases = string.Join(", ", ((INamedTypeSymbol?[])[type.BaseType, .. type.Interfaces]).OfType<INamedTypeSymbol>().Where(IsTold).Select(Short));
        text.Append(text.Length > 0 ? "\n" : "").Append(type.ContainingNamespace.ToDisplayString()).Append(": ").Append(Modifiers(type))
            .Append(type.ToDisplayString(typeFormat)).Append(bases.Length > 0 ? $" : {bases}" : "").Append('\n');
        foreach (string member in type.GetMembers().Where(IsShown).Select(static member => member.ToDisplayString(memberFormat)).Order(StringComparer.Ordinal))
        {
            text.Append("    ").Append(member).Append('\n');
        }
    }

    private static string Short(ITypeSymbol type) => type.ToDisplayString(memberFormat);

    private static bool IsTold(INamedTypeSymbol type) =>
        type.SpecialType is not (SpecialType.System_Object or SpecialType.System_ValueType or SpecialType.System_Enum) && type.DeclaredAccessibility == Accessibility.Public;

    private static string Modifiers(INamedTypeSymbol type) => type switch
    {
        { TypeKind: not TypeKind.Class } => "public ",
        { IsStatic: true } => "public static ",
        { IsAbstract: true } => "public abstract ",
        { IsSealed: true } => "public sealed ",
        _ => "public ",
    };

    // What a record or a property brings along is told by the record or the property.
    private static bool IsShown(ISymbol member) =>
        member.DeclaredAccessibility is Accessibility.Public or Accessibility.Protected or Accessibility.ProtectedOrInternal
        && member is not INamedTypeSymbol and not IMethodSymbol { AssociatedSymbol: not null }
        && !(member is IMethodSymbol && member.GetAttributes().Any(static a => a.AttributeClass?.Name == "CompilerGeneratedAttribute"))
        && member.Name != "EqualityContract";

    private static IEnumerable<INamedTypeSymbol> TypesOf(INamespaceOrTypeSymbol container) => container.GetMembers().SelectMany(static member => member switch
    {
        INamespaceSymbol space => TypesOf(space),
        INamedTypeSymbol { DeclaredAccessibility: Accessibility.Public } type => TypesOf(type).Prepend(type),
        _ => [],
    });
}
