using QLoraGen.Benchmarks;
using QLoraGen.Benchmarks.Kernels;
using QLoraGen.Benchmarks.Typing;
using QLoraGen.Native;

// dotnet run -c Release --project tests/QLoraGen.Benchmarks -- kernels|typing [--json], or -- random-llama OUT TOKENIZER_DIR
bool json = args.Contains("--json");
switch (args)
{
    case ["kernels", ..]:
        KernelBenchmark.Run(json);
        return 0;
    case ["typing", ..]:
        TypingBenchmark.Run(json);
        return 0;
    case ["random-llama", var folder, var tokenizer]:
        TorchLoader.EnsureLoadable();
        RandomLlama.Write(folder, tokenizer);
        return 0;
    default:
        Console.Error.WriteLine("usage: kernels|typing [--json], or random-llama OUT TOKENIZER_DIR");
        return 2;
}
