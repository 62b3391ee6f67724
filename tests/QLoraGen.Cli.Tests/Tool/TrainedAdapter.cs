using QLoraGen.Testing;

namespace QLoraGen.Cli.Tests.Tool;

/// <summary>An adapter of rank 2 on all 35 linear layers of the small model, trained far enough to be told from none.</summary>
public sealed class TrainedAdapter : IDisposable
{
    public TrainedAdapter()
    {
        if (SharedData.Root is not null)
        {
            Qlora.Run(
                "finetune", "--model", Stories.Folder, "--data", Stories.Train(Qlora), "--held-out-data", Stories.Measured(Qlora),
                "--steps", "4", "--lr", "5e-3", "--r", "2", "--out", Folder).Succeeded();
        }
    }

    public Qlora Qlora { get; } = new();

    public string Folder => Qlora.File("trained");

    public void Dispose() => Qlora.Dispose();
}
