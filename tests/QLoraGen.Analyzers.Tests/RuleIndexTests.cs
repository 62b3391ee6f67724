using System.Runtime.CompilerServices;
using QLoraGen.Analyzers.Tests.Running;
using QLoraGen.Rules;
using QLoraGen.Testing;

namespace QLoraGen.Analyzers.Tests;

/// <summary>What is written about the rules, held against the rules. The two tables are accepted as snapshots are.</summary>
public sealed class RuleIndexTests
{
    private static readonly string generators = Path.GetFullPath(Path.Combine(Here(), "..", "..", "generators"));

    public static TheoryData<string> Ids => [.. AllAnalyzers.Rules.Select(static rule => rule.Id)];

    [Fact]
    public void Ids_are_given_once() =>
        Assert.Equal(AllAnalyzers.Rules.Select(static rule => rule.Id), AllAnalyzers.Rules.Select(static rule => rule.Id).Distinct());

    [Theory]
    [MemberData(nameof(Ids))]
    public void A_rule_has_a_page_with_its_title(string id)
    {
        Rule rule = AllAnalyzers.Rules.Single(rule => rule.Id == id);
        string page = File.ReadAllText(Path.Combine(generators, "..", rule.Page));
        string heading = page[..page.IndexOf('\n', StringComparison.Ordinal)];
        Assert.StartsWith($"# {rule.Id}: ", heading, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(rule.Title, heading[$"# {rule.Id}: ".Length..], ignoreCase: true);
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void A_message_names_the_fix_and_ends_with_a_full_stop(string id)
    {
        Rule rule = AllAnalyzers.Rules.Single(rule => rule.Id == id);
        Assert.EndsWith(".", rule.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("\n", rule.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void No_page_is_about_a_rule_that_is_gone() => Assert.Empty(
        Directory.GetFiles(Path.Combine(generators, "docs"), "QLG*.md").Select(Path.GetFileNameWithoutExtension)
            .Except(AllAnalyzers.Rules.Select(static rule => rule.Id)));

    [Fact]
    public void The_index_lists_every_rule() => Written("docs/README.md",
        """
        # Rules

        What the compiler refuses, group by group; each page shows the fault and the same code mended. Where a configuration is
        known only at run time, the loader says the same id and sentence.

        | id | what is wrong | group | severity | code fix |
        |---|---|---|---|---|

        """ + string.Concat(AllAnalyzers.Rules.Select(static rule =>
            $"| [{rule.Id}]({rule.Id}.md) | {rule.Title} | {rule.Category} | {rule.Severity} | {(FixRun.Ids.Contains(rule.Id) ? "yes" : "")} |\n")));

    [Fact]
    public void The_release_notes_list_every_rule() => Written("QLoraGen.Analyzers/AnalyzerReleases.Unshipped.md",
        """
        ; Rules that the next release brings; at a release they move to AnalyzerReleases.Shipped.md.

        ### New Rules

        Rule ID | Category | Severity | Notes
        --------|----------|----------|-------

        """ + string.Concat(AllAnalyzers.Rules.Select(static rule => $"{rule.Id} | {rule.Category} | {rule.Severity} | {rule.Title}, [page](../docs/{rule.Id}.md)\n")));

    private static void Written(string file, string expected)
    {
        string path = Path.Combine(generators, file);
        expected = expected.ReplaceLineEndings("\n");
        if (Environment.GetEnvironmentVariable(SnapshotFile.AcceptVariable) == "1")
        {
            File.WriteAllText(path, expected);
        }
        Assert.Equal(expected, File.ReadAllText(path).ReplaceLineEndings("\n"));
    }

    private static string Here([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
