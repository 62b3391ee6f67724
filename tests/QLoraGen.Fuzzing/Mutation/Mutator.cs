namespace QLoraGen.Fuzzing.Mutation;

/// <summary>A seed's files, one or two of them damaged in the way of their format.</summary>
internal static class Mutator
{
    /// <summary>The mutated files; null is one that is left out.</summary>
    public static Dictionary<string, byte[]?> Mutate(Seed seed, Random random)
    {
        string[] names = [.. seed.Files.Keys.Where(seed.IsMutable)];
        Dictionary<string, byte[]?> changed = [];
        for (int files = random.OnceIn(4) ? 2 : 1; files > 0; files--)
        {
            string name = random.Pick(names);
            changed[name] = random.Next(200) switch
            {
                0 => null,
                1 => seed.Files[random.Pick(names)],   // another file under its name
                _ => Mutate(name, seed.Files[name], random),
            };
        }
        return changed;
    }

    private static byte[] Mutate(string name, byte[] whole, Random random) => Path.GetExtension(name) switch
    {
        ".safetensors" => SafetensorsMutator.Mutate(whole, random),
        ".json" => JsonMutator.Mutate(whole, random),
        ".model" => ProtobufMutator.Mutate(whole, random),
        ".jinja" or ".txt" or ".jsonl" => TextMutator.Mutate(whole, random),
        _ => ByteMutator.Mutate(whole, random),
    };
}
