namespace QLoraGen.Cli;

/// <summary>The small model and instruction set that come with the tool, made by <c>qlora make-default</c>.</summary>
internal static class DefaultFiles
{
    private static readonly string Root = Path.Combine(AppContext.BaseDirectory, "default");

    public static string Model { get; } = Path.Combine(Root, "model");

    public static string Training { get; } = Path.Combine(Root, "train.jsonl");

    public static string HeldOut { get; } = Path.Combine(Root, "heldout.jsonl");
}
