namespace QLoraGen.Runtime.Tests.Layers;

/// <summary>Tests that use what torch has once a process (its random generator, a failure in a backward pass) run by themselves.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AloneWithTorch
{
    public const string Name = "alone with torch";
}
