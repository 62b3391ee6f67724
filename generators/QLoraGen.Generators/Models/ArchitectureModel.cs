namespace QLoraGen.Generators.Models;

/// <summary>A [Model] class as the index of the assembly's models names it.</summary>
/// <param name="ModelType">The config.json's model_type.</param>
/// <param name="Type">The class in full, with <c>global::</c>.</param>
/// <param name="ConfigType">The type of its configuration in full.</param>
internal sealed record ArchitectureModel(string ModelType, string Type, string ConfigType);
