using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using QLoraGen.Generators;
using QLoraGen.Generators.Binding;
using QLoraGen.Generators.Models;
using QLoraGen.Generators.Reading;

namespace QLoraGen.Analyzers.Configs;

/// <summary>The model classes that files of settings can belong to. Whole models are read only where a file asks for them.</summary>
/// <param name="compilation">The project.</param>
internal sealed class ProjectModels(Compilation compilation)
{
    private static readonly ConditionalWeakTable<Compilation, ProjectModels> known = new();

    private readonly Lazy<DeclaredModel[]> declared = new(() => [.. ModelsOf(compilation.Assembly)]);
    private readonly Lazy<DeclaredModel[]> referenced = new(() => [.. Referenced(compilation).SelectMany(ModelsOf)]);
    private readonly ConcurrentDictionary<INamedTypeSymbol, RootModel?> roots = new(SymbolEqualityComparer.Default);

    /// <summary>Those of a project, found once for all analyzers that ask.</summary>
    public static ProjectModels Of(Compilation compilation) => known.GetValue(compilation, static project => new ProjectModels(project));

    /// <summary>The classes that [Checkpoint] binds to a file.</summary>
    public DeclaredModel[] BoundTo(string path) =>
        [.. declared.Value.Where(model => model.File is { } file && CheckpointBinder.IsMeant(file, path))];

    /// <summary>The class for a model_type, in the project or what it refers to; null where there is none or more than one.</summary>
    public DeclaredModel? For(string modelType) =>
        Single(declared.Value.Where(model => model.IsModel && model.ModelType == modelType))
        ?? Single(referenced.Value.Where(model => model.IsModel && model.ModelType == modelType));

    /// <summary>The project's only model: its one class, or its one [Checkpoint] class beside that class's own model.</summary>
    public DeclaredModel? Only => declared.Value is [var only] ? only
        : Single(declared.Value.Where(static model => model.File is not null)) is { } bound
            && declared.Value.All(model => SymbolEqualityComparer.Default.Equals(model.Model, bound.Model)) ? bound : null;

    /// <summary>A whole model; null where it cannot be made.</summary>
    public RootModel? Read(DeclaredModel model) => roots.GetOrAdd(model.Type, _ =>
    {
        // Not the token of whoever asks first: the others share the answer.
        var trees = new TreeReader(compilation, CancellationToken.None);
        RootModel? root = RootReader.Read(model.Model, model.Model.FindAttribute(KnownNames.ModelAttribute)!, trees);
        return root is null || model.IsModel ? root : root with
        {
            Quantized = RootReader.ReadQuantized(model.Type) ?? root.Quantized, Lora = RootReader.ReadLora(model.Type) ?? root.Lora,
        };
    });

    /// <summary>The layers of a class marked [Model] or [Checkpoint], with the sizes of the file that it is bound to; null where they cannot be seen.</summary>
    public IReadOnlyList<TargetLayer>? LayersOf(INamedTypeSymbol type, IEnumerable<AdditionalText> files, CancellationToken cancellation)
    {
        if (DeclaredModel.Of(type) is not { } model || Read(model) is not { } root)
        {
            return null;
        }
        return ModelLayers.Of(root.Tree, model.FileIn(files) is { } file ? SettingsFile.Read(file, cancellation) : null);
    }

    private static DeclaredModel? Single(IEnumerable<DeclaredModel> models) => models.Take(2).ToArray() is [var only] ? only : null;

    private static IEnumerable<IAssemblySymbol> Referenced(Compilation compilation)
    {
        IAssemblySymbol? runtime = compilation.GetTypeByMetadataName(KnownNames.ModuleBase)?.ContainingAssembly;
        return compilation.SourceModule.ReferencedAssemblySymbols.Where(assembly =>
            assembly.Modules.Any(module => module.ReferencedAssemblies.Any(reference => reference.Name == runtime?.Name)));
    }

    // Attributes are asked for where the base class fits alone: to bind those of a whole project would be felt.
    private static IEnumerable<DeclaredModel> ModelsOf(IAssemblySymbol assembly) =>
        TypesOf(assembly).Where(static type => type.DerivesFrom(KnownNames.ModelBase)).Select(DeclaredModel.Of).OfType<DeclaredModel>();

    private static IEnumerable<INamedTypeSymbol> TypesOf(IAssemblySymbol assembly)
    {
        Stack<INamespaceOrTypeSymbol> left = new([assembly.GlobalNamespace]);
        while (left.Count > 0)
        {
            INamespaceOrTypeSymbol next = left.Pop();
            if (next is INamedTypeSymbol { TypeKind: TypeKind.Class } type)
            {
                yield return type;
            }
            foreach (INamespaceOrTypeSymbol member in next is INamespaceSymbol space ? space.GetMembers() : next.GetTypeMembers().Cast<INamespaceOrTypeSymbol>())
            {
                left.Push(member);
            }
        }
    }
}

/// <summary>A class marked [Model] or [Checkpoint].</summary>
/// <param name="Type">The class.</param>
/// <param name="Model">Itself, or the [Model] class that it derives from.</param>
/// <param name="ModelType">The model_type that the model is for.</param>
/// <param name="File">The file that [Checkpoint] names, or null.</param>
internal sealed record DeclaredModel(INamedTypeSymbol Type, INamedTypeSymbol Model, string ModelType, string? File)
{
    /// <summary>Whether it is the [Model] class itself.</summary>
    public bool IsModel => SymbolEqualityComparer.Default.Equals(Type, Model);

    /// <summary>The file that [Checkpoint] names, among those that the compiler is given; null where there is none.</summary>
    public AdditionalText? FileIn(IEnumerable<AdditionalText> files) =>
        File is { } named ? files.FirstOrDefault(file => CheckpointBinder.IsMeant(named, file.Path)) : null;

    /// <returns>Null for any other class.</returns>
    public static DeclaredModel? Of(INamedTypeSymbol type)
    {
        string? file = type.FindAttribute(KnownNames.CheckpointAttribute)?.ConstructorArguments is [{ Value: string named }] ? named : null;
        if (file is null && type.FindAttribute(KnownNames.ModelAttribute) is null)
        {
            return null;
        }
        return CheckpointReader.ModelOf(type) is { } model
            && model.FindAttribute(KnownNames.ModelAttribute)!.ConstructorArguments is [{ Value: string modelType }]
            ? new DeclaredModel(type, model, modelType, file)
            : null;
    }
}
