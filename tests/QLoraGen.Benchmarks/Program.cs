using QLoraGen.Benchmarks;
using QLoraGen.Native;

// dotnet run -c Release --project tests/QLoraGen.Benchmarks -- kernels [--json]
TorchLoader.EnsureLoadable();
if (args is not ["kernels", ..])
{
    Console.Error.WriteLine("usage: kernels [--json]");
    return 2;
}
KernelBenchmark.Run(json: args.Contains("--json"));
return 0;
