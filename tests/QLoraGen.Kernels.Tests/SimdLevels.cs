namespace QLoraGen.Kernels.Tests;

/// <summary>The levels that this machine can run, by name, since the enum itself is internal.</summary>
public static class SimdLevels
{
    public static string[] Names { get; } = [.. Enum.GetValues<SimdLevel>().Where(Simd.Supports).Select(level => level.ToString())];

    public static TheoryData<string> All => [.. Names];

    internal static SimdLevel Get(string name) => Enum.Parse<SimdLevel>(name);
}
