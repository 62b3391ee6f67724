namespace QLoraGen.Fuzzing;

/// <summary>A small folder that is as it should be.</summary>
/// <param name="Files">What each file holds.</param>
/// <param name="Fixed">Those that are never mutated.</param>
public sealed record Seed(IReadOnlyDictionary<string, byte[]> Files, params string[] Fixed)
{
    public bool IsMutable(string name) => !Fixed.Contains(name);

    /// <summary>All files of a folder.</summary>
    public static Seed Of(string folder, params string[] @fixed) =>
        new(Directory.EnumerateFiles(folder).ToDictionary(static path => Path.GetFileName(path), File.ReadAllBytes), @fixed);
}
