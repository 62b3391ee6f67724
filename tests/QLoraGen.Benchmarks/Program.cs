using QLoraGen.Benchmarks;
using QLoraGen.Benchmarks.Kernels;
using QLoraGen.Benchmarks.Training;
using QLoraGen.Benchmarks.Typing;
using QLoraGen.Native;

// dotnet run -c Release --project tests/QLoraGen.Benchmarks -- kernels|typing [--json], or -- random-llama OUT TOKENIZER_DIR,
// or -- kills QLORA_DLL [HOW_MANY], or -- memory 7b|13b|33b|65b FOLDER [OPTIM [STEPS]],
// or -- quality MODEL DATA HELD_OUT STEPS, or -- steps MODEL
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
    case ["memory", var shape, var place, .. var rest]:
        TorchLoader.EnsureLoadable();
        MemoryBenchmark.Run(shape, place, rest.ElementAtOrDefault(0) ?? "adamw_8bit", int.Parse(rest.ElementAtOrDefault(1) ?? "1"));
        return 0;
    case ["quality", var model, var data, var heldOut, var steps]:
        TorchLoader.EnsureLoadable();
        QualityBenchmark.Run(model, data, heldOut, int.Parse(steps));
        return 0;
    case ["steps", var model]:
        TorchLoader.EnsureLoadable();
        StepBenchmark.Run(model);
        return 0;
    default:
        Console.Error.WriteLine("usage: kernels|typing [--json], random-llama OUT TOKENIZER_DIR, kills QLORA_DLL [HOW_MANY], memory 7b|13b|33b|65b FOLDER [OPTIM [STEPS]], "
            + "quality MODEL DATA HELD_OUT STEPS, or steps MODEL");
        return 2;
}
