using QLoraGen.Testing;

namespace QLoraGen.Tests.Tokenization;

/// <summary>llama.cpp's own test texts and the ids it expects for them.</summary>
internal static class GoldenTexts
{
    private const string Separator = "\n__ggml_vocab_test__\n";

    public static string[] Read(string family)
    {
        string all = File.ReadAllText(SharedData.Path("tokenizers", "golden", $"ggml-vocab-{family}.gguf.inp"));
        return all.Split(Separator);
    }

    public static int[][] ReadIds(string family)
    {
        string all = File.ReadAllText(SharedData.Path("tokenizers", "golden", $"ggml-vocab-{family}.gguf.out"));
        return [.. all.Split('\n').Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse).ToArray())];
    }
}
