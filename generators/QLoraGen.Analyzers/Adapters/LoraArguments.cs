using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using QLoraGen.Generators.Models;

namespace QLoraGen.Analyzers.Adapters;

/// <summary>Where a field of a LoraConfig stands in a [LoRA] attribute.</summary>
/// <param name="attribute">The attribute.</param>
internal sealed class LoraArguments(AttributeSyntax attribute)
{
    /// <summary>The expression of a field, as faults name it; the attribute itself where the field is left to its default.</summary>
    public SyntaxNode Of(string field)
    {
        int end = field.IndexOfAny(['.', '[']);
        string name = end < 0 ? field : field.Substring(0, end);
        ExpressionSyntax? value = name switch
        {
            "r" => Positional("r", 0),
            "lora_alpha" => Positional("alpha", 1),
            "lora_dropout" => Named("Dropout"),
            "target_modules" => Named("Targets") ?? Named("TargetPattern"),
            "exclude_modules" => Named("Exclude") ?? Named("ExcludePattern"),
            "rank_pattern" => Named("RankPattern"),
            "alpha_pattern" => Named("AlphaPattern"),
            "use_rslora" => Named("UseRslora"),
            "use_dora" => Named("UseDora"),
            "lora_bias" => Named("LoraBias"),
            "bias" => Named("Bias"),
            "init_lora_weights" => Named("InitLoraWeights"),
            "modules_to_save" => Named("ModulesToSave"),
            "layers_to_transform" => Named("LayersToTransform"),
            "layers_pattern" => Named("LayersPattern"),
            _ => null,
        };
        return (value is null || end < 0 ? value : Element(value, field.Substring(end))) ?? value ?? (SyntaxNode)attribute;
    }

    // [1] is an element's position, .down_proj the key that an element begins with.
    private static ExpressionSyntax? Element(ExpressionSyntax list, string which)
    {
        ExpressionSyntax[] elements = list switch
        {
            CollectionExpressionSyntax collection => [.. collection.Elements.OfType<ExpressionElementSyntax>().Select(static element => element.Expression)],
            ArrayCreationExpressionSyntax { Initializer: { } items } => [.. items.Expressions],
            ImplicitArrayCreationExpressionSyntax array => [.. array.Initializer.Expressions],
            _ => [],
        };
        return which[0] == '['
            ? int.TryParse(which.Trim('[', ']'), out int i) ? elements.ElementAtOrDefault(i) : null
            : elements.FirstOrDefault(element => element is LiteralExpressionSyntax literal
                && PatternEntry.Read(literal.Token.ValueText)?.Key == which.Substring(1));
    }

    private ExpressionSyntax? Named(string name) => Arguments.FirstOrDefault(argument => argument.NameEquals?.Name.Identifier.ValueText == name)?.Expression;

    private ExpressionSyntax? Positional(string name, int position) =>
        (Arguments.FirstOrDefault(argument => argument.NameColon?.Name.Identifier.ValueText == name)
            ?? Arguments.Where(static argument => argument.NameEquals is null).ElementAtOrDefault(position) switch
            {
                { NameColon: null } plain => plain,
                _ => null,
            })?.Expression;

    private IEnumerable<AttributeArgumentSyntax> Arguments => attribute.ArgumentList?.Arguments ?? [];
}
