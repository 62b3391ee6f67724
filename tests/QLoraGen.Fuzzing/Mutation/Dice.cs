namespace QLoraGen.Fuzzing.Mutation;

/// <summary>Chance, the same for the same seed.</summary>
internal static class Dice
{
    public static T Pick<T>(this Random random, IReadOnlyList<T> from) => from[random.Next(from.Count)];

    /// <summary>True once in so many times.</summary>
    public static bool OnceIn(this Random random, int times) => random.Next(times) == 0;
}
