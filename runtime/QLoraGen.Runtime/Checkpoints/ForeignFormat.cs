namespace QLoraGen.Checkpoints;

/// <summary>Files that are often met where a safetensors file should be, and what to do about each.</summary>
internal static class ForeignFormat
{
    /// <summary>Why pickles are refused, and the way out.</summary>
    public const string PickleAdvice =
        "a pickle runs whatever code its author put in it when it is loaded, so none is ever read here. Convert it to safetensors on "
        + "a machine you can afford to lose: safetensors.torch.save_file(torch.load(file, weights_only=True), \"model.safetensors\"), "
        + "or use the model's safetensors version on the Hub.";

    private static readonly string[] PickleExtensions = [".bin", ".pt", ".pth", ".pkl", ".pickle", ".ckpt"];

    /// <summary>Whether a file of this name is by custom a pickle.</summary>
    public static bool IsPickleName(string path) =>
        PickleExtensions.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase);

    /// <summary>What the first bytes show the file to be, with the fix; null where they do not show another format.</summary>
    /// <param name="prefix">The first 8 bytes, or all of a shorter file.</param>
    public static string? Recognise(ReadOnlySpan<byte> prefix) => prefix switch
    {
        // Protocols 2 to 5 open with 0x80 and their number, and their next opcode is no zero: a header of 640 bytes is.
        [0x80, >= 2 and <= 5, not 0, ..] => $"is a pickle, not safetensors: {PickleAdvice}",
        [(byte)'P', (byte)'K', 3, 4, ..] => $"is a zip archive, which torch.save makes to hold pickles, not safetensors: {PickleAdvice}",
        [(byte)'G', (byte)'G', (byte)'U', (byte)'F', ..] => "is a GGUF file, not safetensors. Use the model's safetensors version.",
        _ when prefix.SequenceEqual("version "u8) =>
            "is a Git LFS pointer: the large file itself was not fetched. Run 'git lfs pull' in its folder.",
        _ => null,
    };
}
