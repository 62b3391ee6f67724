using QLoraGen.Testing;

namespace QLoraGen.Cli.Tests.Tool;

/// <summary>The trained model of 260K parameters, copies of it to be spoilt, and small data for it.</summary>
internal static class Stories
{
    /// <summary>Rows to learn from.</summary>
    public const string Rows =
        """
        {"prompt": "Lily likes the dog. ", "completion": "The dog is big."}
        {"prompt": "Tom likes the cat. ", "completion": "The cat is big."}
        {"prompt": "Ben likes the sun. ", "completion": "The sun is big."}
        {"prompt": "Mom likes the car. ", "completion": "The car is big."}
        """;

    /// <summary>Rows to measure with.</summary>
    public const string HeldOut = """{"prompt": "Tim likes the toy. ", "completion": "The toy is big."}""";

    public static string Folder => SharedData.Path("models", "stories260K");

    public static string Weights => Path.Combine(Folder, "model.safetensors");

    /// <summary>A folder with all of the model, to change one thing in.</summary>
    public static string Copy(Qlora qlora, string name)
    {
        string copy = Directory.CreateDirectory(qlora.File(name)).FullName;
        foreach (string file in (string[])["config.json", "model.safetensors", "tokenizer.model", "tokenizer_config.json"])
        {
            File.Copy(Path.Combine(Folder, file), Path.Combine(copy, file));
        }
        return copy;
    }

    /// <summary>A file of the small rows.</summary>
    public static string Train(Qlora qlora) => qlora.Write("train.jsonl", Rows);

    /// <summary>A file of the held-out row.</summary>
    public static string Measured(Qlora qlora) => qlora.Write("heldout.jsonl", HeldOut);
}
