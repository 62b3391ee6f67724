namespace QLoraGen.Rules;

/// <summary>A regular expression that is none.</summary>
public static class PatternCannotBeRead
{
    /// <summary>The rule.</summary>
    public static readonly Rule Rule = new(
        "QLG314", "A pattern cannot be read", RuleSeverity.Error, "{0}: {1} is not {2}: {3}.");

    /// <summary>Checks every pattern.</summary>
    public static IEnumerable<Fault> Check(LoraConfig config)
    {
        IEnumerable<(string Field, string? Pattern, string Place)> patterns =
        [
            ("target_modules", config.TargetPattern, "target_modules"), ("exclude_modules", config.ExcludePattern, "exclude_modules"),
            .. config.LayersPattern.Select(static (name, i) => ("layers_pattern", (string?)name, $"layers_pattern[{i}]")),
            .. config.RankPattern.Select(static entry => ("rank_pattern", (string?)entry.Key, $"rank_pattern.{entry.Key}")),
            .. config.AlphaPattern.Select(static entry => ("alpha_pattern", (string?)entry.Key, $"alpha_pattern.{entry.Key}")),
        ];
        return patterns.Where(static p => p.Pattern is not null && !LayerNames.IsPattern(p.Pattern))
            .Select(static p => Rule.Broken(p.Field, Shown.Quoted(p.Pattern!), "a regular expression that Python and .NET read alike", "escape its special characters, or name a layer")
                with { Field = p.Place });
    }

    /// <summary>The fault of an attribute's entry that is not of the form <c>name=number</c>; a rank is a whole number.</summary>
    public static Fault NotAnEntry(string field, string entry, int index) =>
        Rule.Broken(field, Shown.Quoted(entry), field == "rank_pattern" ? "of the form 'name=rank', with a whole number" : "of the form 'name=number'", "write for example 'down_proj=32'")
            with { Field = $"{field}[{index}]" };
}
