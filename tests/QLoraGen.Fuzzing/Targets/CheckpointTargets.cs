using System.Text;
using QLoraGen.Checkpoints;
using QLoraGen.Testing;

namespace QLoraGen.Fuzzing.Targets;

/// <summary>Weights alone: one file, and shards with their index.</summary>
internal static class CheckpointTargets
{
    public static readonly Target Safetensors = new("safetensors", SingleSeeds, ReadFile);

    public static readonly Target Index = new("index", IndexSeeds, ReadFolder);

    private static IReadOnlyList<Seed> SingleSeeds()
    {
        using var folder = new TempFolder();
        Write(folder.File("model.safetensors"), "a", "b");
        return
        [
            Seed.Of(folder.Path),
            .. SharedData.Root is null ? [] : Directory.EnumerateFiles(SharedData.Path("bnb"), "*.safetensors")
                .Append(SharedData.Path("models", "tiny", "tiny_llama.safetensors"))
                .Select(static path => new Seed(new Dictionary<string, byte[]> { ["model.safetensors"] = File.ReadAllBytes(path) })),
        ];
    }

    private static IReadOnlyList<Seed> IndexSeeds()
    {
        using var folder = new TempFolder();
        Write(folder.File("model-00001-of-00002.safetensors"), "a");
        Write(folder.File("model-00002-of-00002.safetensors"), "b", "c");
        folder.Write("model.safetensors.index.json", Encoding.UTF8.GetBytes(
            """
            {"metadata": {"total_size": 57}, "weight_map": {"a": "model-00001-of-00002.safetensors",
             "b": "model-00002-of-00002.safetensors", "c": "model-00002-of-00002.safetensors"}}
            """));
        return [Seed.Of(folder.Path)];
    }

    private static void Write(string path, params string[] names) => SafetensorsWriter.Write(
        path, [.. names.Select(static (name, i) => new TensorToWrite(name, i == 0 ? TensorDType.F32 : TensorDType.BF16, [2, 3], new byte[i == 0 ? 24 : 12]))],
        new Dictionary<string, string> { ["format"] = "pt" });

    private static void ReadFile(string folder)
    {
        using SafetensorsFile file = SafetensorsFile.Open(Path.Combine(folder, "model.safetensors"));
        foreach (TensorInfo tensor in file.Tensors.Values)
        {
            long sum = 0;
            foreach (byte touched in file.Bytes(tensor))
            {
                sum += touched;
            }
            GC.KeepAlive(sum);
            if (tensor.DType is TensorDType.F32 or TensorDType.F16 or TensorDType.BF16)
            {
                file.Read(tensor, new float[tensor.Count]);
            }
        }
    }

    private static void ReadFolder(string folder)
    {
        using Checkpoint checkpoint = Checkpoint.Open(folder);
        checkpoint.ContentHash();
        foreach (TensorInfo tensor in checkpoint.Tensors)
        {
            checkpoint.FileOf(tensor.Name);
            if (tensor.DType is TensorDType.F32 or TensorDType.F16 or TensorDType.BF16)
            {
                checkpoint.Read(tensor.Name, tensor.Shape.AsSpan(), new float[tensor.Count]);
            }
        }
    }
}
