using System.CommandLine;
using QLoraGen.Checkpoints;

namespace QLoraGen.Cli.Commands;

/// <summary><c>qlora merge</c>: a model's folder with an adapter in its weights, for tools that know no adapters.</summary>
internal static class MergeCommand
{
    private static readonly Option<string> DType = SharedOptions.MakeDType("bfloat16");

    public static Command Create() => new Command(
        "merge",
        "Write a model with an adapter merged into its weights: W + scale B A, computed in fp32 from the weights in --model as they are, one "
        + "tensor at a time, and rounded once to --dtype. Not from 4 bits, though the adapter was trained on them: rounding the sum to 4 bits "
        + "again loses much of what was learned (transformers#31293). Quantize the merged model afterwards where it must be small.")
    {
        SharedOptions.Model, SharedOptions.SavedAdapter, SharedOptions.NewFolder, DType, SharedOptions.MaxShardSize, SharedOptions.Json,
    }.Runs(Run);

    private static void Run(ParseResult parsed, Output output, CancellationToken cancellation)
    {
        string folder = parsed.GetRequiredValue(SharedOptions.NewFolder);
        long maxShardSize = ByteSize.Parse(SharedOptions.MaxShardSize.Name, parsed.GetRequiredValue(SharedOptions.MaxShardSize));
        TensorDType dtype = TensorDTypes.FromConfig(parsed.GetRequiredValue(DType))!.Value;
        AtomicFolder.RequireFree(folder);   // now, and not after all is read
        using var adapted = AdaptedModel.Open(parsed);
        using Checkpoint checkpoint = Checkpoint.Open(adapted.Folder);
        int adapters = adapted.Model.Adapters!.Adapters.Count;
        (long bytes, int files) = MergedModel.Write(folder, adapted.Model, checkpoint, dtype, maxShardSize, cancellation);
        output.Line($"saved: {folder}, {bytes:N0} bytes of {dtype.ConfigName()} in {files} file{(files == 1 ? "" : "s")}");
        output.Line($"{adapters} adapters are merged into the weights of {adapted.Folder} as they are there, in full precision. The model that was "
            + "trained on had them in 4 bits, so the two differ by that rounding alone.");
        output.Result(
            ("out", Path.GetFullPath(folder)), ("dtype", dtype.ConfigName()), ("adapters", adapters), ("bytes", bytes), ("files", files));
    }
}
