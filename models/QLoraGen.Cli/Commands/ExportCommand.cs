using System.CommandLine;
using QLoraGen.Gguf;

namespace QLoraGen.Cli.Commands;

/// <summary><c>qlora export</c>: an adapter in another program's format.</summary>
internal static class ExportCommand
{
    private static readonly Option<string> Gguf = new("--gguf")
    {
        Description = "The file to make, for llama.cpp's --lora; nothing that is there is written over.", HelpName = "FILE", Required = true,
    };

    private static readonly Option<string> DType = SharedOptions.MakeDType("float32");

    public static Command Create() => new Command(
        "export",
        "Write an adapter as a GGUF file that llama.cpp puts on the model with --lora. Of the model its config.json is enough. What GGUF has no "
        + "field for is multiplied into B (rsLoRA, rank_pattern, alpha_pattern) or refused (DoRA, trained biases, modules_to_save: merge instead).")
    {
        Gguf, SharedOptions.Model, SharedOptions.SavedAdapter, DType, SharedOptions.Json,
    }.Runs(Run);

    private static void Run(ParseResult parsed, Output output, CancellationToken cancellation)
    {
        string file = parsed.GetRequiredValue(Gguf);
        RequireFree(file);
        TensorDType dtype = TensorDTypes.FromConfig(parsed.GetRequiredValue(DType))!.Value;
        using var adapted = AdaptedModel.Open(parsed);
        string name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(parsed.GetRequiredValue(SharedOptions.SavedAdapter))));
        GgufSummary written = GgufAdapter.Write(file, adapted.Model, adapted.Config, name, dtype);
        long bytes = new FileInfo(file).Length;
        output.Line($"saved: {file}, {bytes:N0} bytes: {written.Adapters} adapters as {written.Tensors} tensors of {dtype.ConfigName()}, "
            + $"architecture {written.Architecture}, alpha {written.Alpha}");
        if (written.Rescaled > 0)
        {
            output.Line($"{written.Rescaled} adapters have a scale that is not alpha / r: it is multiplied into their B.");
        }
        output.Line($"llama-cli -m MODEL.gguf --lora {file}");
        output.Result(
            ("gguf", Path.GetFullPath(file)), ("dtype", dtype.ConfigName()), ("architecture", written.Architecture), ("adapters", written.Adapters),
            ("tensors", written.Tensors), ("alpha", written.Alpha), ("rescaled", written.Rescaled), ("bytes", bytes));
    }

    private static void RequireFree(string file)
    {
        if (Path.Exists(file))
        {
            throw new QLoraException($"{file}: is there already, and nothing is written over it. Choose another name, or remove it first.");
        }
        if (Path.GetDirectoryName(Path.GetFullPath(file)) is { } folder && !Directory.Exists(folder))
        {
            throw new QLoraException($"{file}: there is no folder {folder}. Create it first.");
        }
    }
}
