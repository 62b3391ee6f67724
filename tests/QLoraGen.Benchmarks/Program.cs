using QLoraGen.Benchmarks;
using QLoraGen.Benchmarks.Kernels;
using QLoraGen.Benchmarks.Training;
using QLoraGen.Benchmarks.Typing;
using QLoraGen.Native;

// dotnet run -c Release --project tests/QLoraGen.Benchmarks -- kernels|typing [--json], or -- random-llama OUT TOKENIZER_DIR,
// or -- kills QLORA_DLL [HOW_MANY]
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
    case ["kills", var tool, .. var many]:
        return KillBenchmark.Run(tool, many.Length > 0 ? int.Parse(many[0]) : 20) ? 0 : 1;
    default:
        Console.Error.WriteLine("usage: kernels|typing [--json], random-llama OUT TOKENIZER_DIR, or kills QLORA_DLL [HOW_MANY]");
        return 2;
}
