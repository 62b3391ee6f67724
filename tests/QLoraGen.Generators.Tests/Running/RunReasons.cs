using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using static Microsoft.CodeAnalysis.IncrementalStepRunReason;

namespace QLoraGen.Generators.Tests.Running;

/// <summary>What a run of the generator did again, by the pipeline's own account.</summary>
internal static class RunReasons
{
    /// <summary>Of each thing that a step gives.</summary>
    public static IncrementalStepRunReason[] Reasons(this GeneratorRunResult run, string step)
    {
        IncrementalStepRunReason[] reasons = [.. run.TrackedSteps[step].SelectMany(static s => s.Outputs).Select(static output => output.Reason)];
        Assert.NotEmpty(reasons);
        return reasons;
    }

    /// <summary>Of each generated file.</summary>
    public static IncrementalStepRunReason[] OutputReasons(this GeneratorRunResult run)
    {
        ImmutableArray<IncrementalGeneratorRunStep> steps = Assert.Single(run.TrackedOutputSteps).Value;
        return [.. steps.SelectMany(static step => step.Outputs).Select(static output => output.Reason)];
    }

    /// <summary>A step gives what it gave before, whether it ran for that or not.</summary>
    public static void GivesTheSame(this GeneratorRunResult run, string step) =>
        Assert.All(run.Reasons(step), reason => Assert.True(reason is Cached or Unchanged, $"{step}: {reason}"));
}
