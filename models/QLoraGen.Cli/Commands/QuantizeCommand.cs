using System.CommandLine;
using QLoraGen.Checkpoints;
using QLoraGen.Models;

namespace QLoraGen.Cli.Commands;

/// <summary><c>qlora quantize</c>: a model's folder with its weights in 4 bits, as Transformers and bitsandbytes write and load it.</summary>
internal static class QuantizeCommand
{
    private static readonly Option<string?> Quant = MakeQuant();

    public static Command Create() => new Command(
        "quantize",
        "Write a model with its weights in bitsandbytes' 4 bits, which Transformers loads, and this tool without quantizing again. One weight "
        + "is in memory at a time, so the model may be far larger than the memory.")
    {
        SharedOptions.Model, SharedOptions.NewFolder, Quant, SharedOptions.DoubleQuant, SharedOptions.BlockSize, SharedOptions.MaxShardSize, SharedOptions.Json,
    }.Runs(Run);

    private static void Run(ParseResult parsed, Output output, CancellationToken cancellation)
    {
        string folder = parsed.GetRequiredValue(SharedOptions.NewFolder), source = parsed.GetValue(SharedOptions.Model) ?? DefaultFiles.Model;
        long maxShardSize = ByteSize.Parse(SharedOptions.MaxShardSize.Name, parsed.GetRequiredValue(SharedOptions.MaxShardSize));
        AtomicFolder.RequireFree(folder);   // now, and not after all is read
        using CausalLM model = Architectures.Create(ConfigFile.Open(source));
        QuantFormat format = SharedOptions.Format(parsed, model, Quant) ?? new QuantFormat(QuantType.NF4);
        using Checkpoint checkpoint = Checkpoint.Open(source);
        (long bytes, int files) = QuantizedCheckpoint.Write(folder, model, checkpoint, format, maxShardSize, cancellation: cancellation);
        long before = checkpoint.Tensors.Sum(static tensor => tensor.Length);
        output.Line($"saved: {folder}, {bytes:N0} bytes in {files} file{(files == 1 ? "" : "s")}, of {before:N0} bytes in full precision");
        output.Result(
            ("out", Path.GetFullPath(folder)), ("quant", format.Type.ToString().ToLowerInvariant()), ("block_size", format.BlockSize),
            ("double_quant", format.DoubleQuant), ("bytes", bytes), ("files", files));
    }

    private static Option<string?> MakeQuant()
    {
        var option = new Option<string?>("--quant") { Description = "The 4-bit type. Default: as the model's class declares, nf4 for Llama." };
        return option.AcceptOnlyFromAmong("nf4", "fp4");
    }
}
