using Microsoft.CodeAnalysis;
using QLoraGen.Generators.Models;

namespace QLoraGen.Generators.Reading;

/// <summary>From the attributes and the constructor of a [Model] class to its <see cref="RootModel"/>.</summary>
internal static class RootReader
{
    /// <returns>Null where the attribute names no model_type or no constructor that the index can call takes the configuration alone.</returns>
    public static RootModel? Read(INamedTypeSymbol type, AttributeData model, TreeReader trees)
    {
        IMethodSymbol? constructor = ConstructorOf(type);
        return constructor is null
            || model.ConstructorArguments is not [{ Kind: TypedConstantKind.Primitive, Value: string modelType }]
            ? null
            : new RootModel(
                modelType,
                TypeNames.InFull(constructor.Parameters[0].Type.WithNullableAnnotation(NullableAnnotation.NotAnnotated)),
                ReadQuantized(type),
                ReadLora(type),
                trees.Read(type, constructor),
                IsVisible: OuterTypes.Of(type).Append(type).All(static t => t.DeclaredAccessibility is Accessibility.Public or Accessibility.Internal));
    }

    /// <summary>The constructor that takes the configuration alone, or null.</summary>
    public static IMethodSymbol? ConstructorOf(INamedTypeSymbol type) => type.InstanceConstructors
        .FirstOrDefault(static c => c is { Parameters.Length: 1, IsImplicitlyDeclared: false }
            && c.DeclaredAccessibility is Accessibility.Public or Accessibility.Internal);

    public static QuantizedModel? ReadQuantized(INamedTypeSymbol type) =>
        type.FindAttribute(KnownNames.Quantized) is not { ConstructorArguments: [var kind] } attribute
            ? null
            : new QuantizedModel(EnumName(kind), attribute.Named("BlockSize", 64), attribute.Named("DoubleQuant", true));

    public static LoraModel? ReadLora(INamedTypeSymbol type) =>
        type.FindAttribute(KnownNames.LoRA) is not { ConstructorArguments: [{ Value: int r }, { Value: double alpha }] } attribute
            ? null
            : new LoraModel(r, alpha, attribute.Named("Dropout", 0.0), attribute.Named("UseRslora", false),
                Strings(attribute, "Targets"), Strings(attribute, "Exclude"), Strings(attribute, "RankPattern"), Strings(attribute, "AlphaPattern"))
            {
                TargetPattern = attribute.Named<string?>("TargetPattern", null),
                ExcludePattern = attribute.Named<string?>("ExcludePattern", null),
                UseDora = attribute.Named("UseDora", false),
                LoraBias = attribute.Named("LoraBias", false),
                Bias = (BiasTraining)attribute.Named("Bias", 0),
                InitLoraWeights = attribute.Named("InitLoraWeights", LoraStart.Default),
                ModulesToSave = Strings(attribute, "ModulesToSave"),
                LayersToTransform = EquatableArray<int>.From(attribute.NamedArray<int>("LayersToTransform")),
                LayersPattern = Strings(attribute, "LayersPattern"),
            };

    private static EquatableArray<string> Strings(AttributeData attribute, string name) => EquatableArray<string>.From(attribute.NamedArray<string>(name));

    private static string EnumName(TypedConstant constant) =>
        constant.Type!.GetMembers().OfType<IFieldSymbol>().FirstOrDefault(field => Equals(field.ConstantValue, constant.Value))?.Name ?? "None";
}
