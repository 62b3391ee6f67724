using QLoraGen.Benchmarks.Kernels;
using QLoraGen.Benchmarks.Typing;

// dotnet run -c Release --project tests/QLoraGen.Benchmarks -- kernels|typing [--json]
bool json = args.Contains("--json");
switch (args.FirstOrDefault())
{
    case "kernels":
        KernelBenchmark.Run(json);
        return 0;
    case "typing":
        TypingBenchmark.Run(json);
        return 0;
    default:
        Console.Error.WriteLine("usage: kernels|typing [--json]");
        return 2;
}
