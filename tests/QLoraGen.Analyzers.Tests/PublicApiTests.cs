using QLoraGen.Analyzers.Tests.Running;
using QLoraGen.Testing;

namespace QLoraGen.Analyzers.Tests;

/// <summary>What each assembly shows to others: a change of it is a change for its users, and is read as one.</summary>
public sealed class PublicApiTests
{
    [Fact]
    public Task Of_the_rulebook() => Snapshot.Match(PublicApi.Of(typeof(QuantType).Assembly), "txt");

    [Fact]
    public Task Of_the_kernels() => Snapshot.Match(PublicApi.Of(typeof(Kernels.Quantizer).Assembly), "txt");

    [Fact]
    public Task Of_the_runtime() => Snapshot.Match(PublicApi.Of(typeof(Module).Assembly), "txt");

    [Fact]
    public Task Of_the_models() => Snapshot.Match(PublicApi.Of(typeof(QLoraGen.Models.Architectures).Assembly), "txt");

    [Fact]
    public Task Of_what_runs_in_the_compiler() => Snapshot.Match(string.Join('\n',
        PublicApi.Of(typeof(Generators.ArchitectureGenerator).Assembly), PublicApi.Of(typeof(RuleAnalyzer).Assembly), PublicApi.Of(typeof(CodeFixes.MakePartial).Assembly)), "txt");
}
