namespace QLoraGen.Checkpoints;

/// <summary>What lies beside the weights in a model's folder and goes with them into another.</summary>
internal static class FilesBeside
{
    private static readonly string[] Endings = [".json", ".jinja", ".model", ".txt", ".bpe", ".tiktoken", ".py"];
    private static readonly string[] Terms = ["LICENSE", "LICENCE", "NOTICE", "USE_POLICY"];
    private static readonly string[] Templates = ["additional_chat_templates", "chat_templates"];

    /// <summary>
    /// The tokenizer's files, chat templates, generation settings, a model's own code and its terms; not <c>config.json</c>, an
    /// index, an adapter, nor weights of any format.
    /// </summary>
    /// <param name="folder">The model's folder.</param>
    public static IEnumerable<(string Name, Action<Stream> Write)> Weights(string folder) =>
        Directory.EnumerateFiles(folder).Select(static path => Path.GetFileName(path)).Where(IsWanted)
            .Concat(Templates.Where(sub => Directory.Exists(Path.Combine(folder, sub)))
                .SelectMany(sub => Directory.EnumerateFiles(Path.Combine(folder, sub), "*.jinja").Select(path => Path.Combine(sub, Path.GetFileName(path)))))
            .Order(StringComparer.Ordinal)
            .Select(name => (name, Copy(Path.Combine(folder, name))));

    private static bool IsWanted(string name) => name[0] != '.'
        && (Endings.Contains(Path.GetExtension(name)) || Terms.Any(term => name.StartsWith(term, StringComparison.OrdinalIgnoreCase)))
        && name != "config.json" && !name.EndsWith(".index.json", StringComparison.Ordinal)
        && !name.StartsWith("adapter_", StringComparison.Ordinal);

    private static Action<Stream> Copy(string path) => stream =>
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        byte[] bytes = new byte[file.Length];   // as many as it says it has: a link to a device would never end
        file.ReadExactly(bytes);
        stream.Write(bytes);
    };
}
