using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using QLoraGen.Generators.Binding;
using QLoraGen.Generators.Models;
using QLoraGen.Generators.Reading;
using QLoraGen.Generators.Refusing;
using QLoraGen.Generators.Remembering;
using QLoraGen.Generators.Writing;

namespace QLoraGen.Generators;

/// <summary>
/// Writes the other half of every class marked [Module] or [Model], and one index of the assembly's models. A class
/// that cannot be read yields nothing here: reporting why is the analyzers' work, save for what keeps them from speaking.
/// </summary>
[Generator(LanguageNames.CSharp)]
public sealed class ArchitectureGenerator : IIncrementalGenerator
{
    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        IncrementalValuesProvider<ModuleModel> modules = Declarations(context, KnownNames.Module, ModuleReader.ReadModule)
            .WithTrackingName(Steps.Modules);
        IncrementalValuesProvider<ModuleModel> models = Declarations(context, KnownNames.Model, ModuleReader.ReadModel)
            .WithTrackingName(Steps.Models);

        IncrementalValuesProvider<CheckpointModel> checkpoints = Declarations(context, KnownNames.Checkpoint, CheckpointReader.Read)
            .WithTrackingName(Steps.Checkpoints);
        IncrementalValueProvider<EquatableArray<JsonFileModel>> files = context.AdditionalTextsProvider
            .Where(static file => file.Path.EndsWith(".json", StringComparison.OrdinalIgnoreCase))
            .Select(static (file, cancellation) => new JsonFileModel(file.Path, file.GetText(cancellation)?.ToString() ?? ""))
            .WithTrackingName(Steps.JsonFiles)
            .Collect().Select(static (list, _) => EquatableArray<JsonFileModel>.From(list));
        IncrementalValuesProvider<BoundCheckpoint> bound = checkpoints.Combine(files)
            .Select(static (pair, _) => CheckpointBinder.Find(pair.Left, pair.Right))
            .Where(static found => found is not null).Select(static (found, _) => found!)
            .WithTrackingName(Steps.Found)
            .Select(static (found, _) => CheckpointBinder.Bind(found))
            .Where(static checkpoint => checkpoint is not null).Select(static (checkpoint, _) => checkpoint!)
            .WithTrackingName(Steps.Bound);

        context.RegisterSourceOutput(modules, ModuleWriter.Write);
        context.RegisterSourceOutput(models, ModuleWriter.Write);
        context.RegisterSourceOutput(bound, CheckpointWriter.Write);

        foreach (string attribute in (string[])[KnownNames.Model, KnownNames.Module, KnownNames.Checkpoint])
        {
            IncrementalValuesProvider<Refusal> refused = context.SyntaxProvider
                .ForAttributeWithMetadataName(attribute, static (node, _) => node is ClassDeclarationSyntax, Refusals.Read)
                .SelectMany(static (refusals, _) => refusals)
                .WithTrackingName(Steps.Refused);
            context.RegisterSourceOutput(
                refused.Combine(context.CompilationProvider), static (output, pair) => output.ReportDiagnostic(pair.Left.In(pair.Right)));
        }

        IncrementalValueProvider<string> rootNamespace = context.AnalyzerConfigOptionsProvider
            .Combine(context.CompilationProvider.Select(static (compilation, _) => compilation.AssemblyName ?? "Models"))
            .Select(static (pair, _) =>
                pair.Left.GlobalOptions.TryGetValue("build_property.RootNamespace", out string? name) && name.Length > 0 ? name : pair.Right)
            .Select(static (name, _) => NamespaceNames.Valid(name))
            .WithTrackingName(Steps.Namespace);

        IncrementalValueProvider<EquatableArray<ArchitectureModel>> all = models
            .Where(static model => model.Root!.IsVisible)
            .Select(static (model, _) => model.ToArchitecture())
            .Collect()
            .Select(static (list, _) => EquatableArray<ArchitectureModel>.From(
                list.OrderBy(m => m.ModelType, StringComparer.Ordinal).ThenBy(m => m.Type, StringComparer.Ordinal)))
            .WithTrackingName(Steps.Architectures);

        context.RegisterSourceOutput(
            all.Combine(rootNamespace), static (output, pair) => ArchitecturesWriter.Write(output, pair.Left, pair.Right));
    }

    private static IncrementalValuesProvider<T> Declarations<T>(
        IncrementalGeneratorInitializationContext context, string attribute, Func<GeneratorAttributeSyntaxContext, CancellationToken, T?> read)
        where T : class =>
        context.SyntaxProvider
            .ForAttributeWithMetadataName(attribute, static (node, _) => node is ClassDeclarationSyntax, new Remembered<T>(read).Read)
            .Where(static model => model is not null)
            .Select(static (model, _) => model!);
}
