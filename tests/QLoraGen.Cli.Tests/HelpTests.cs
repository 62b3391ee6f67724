using QLoraGen.Cli.Tests.Tool;

namespace QLoraGen.Cli.Tests;

public sealed class HelpTests : IClassFixture<Qlora>
{
    private readonly Qlora qlora;

    public HelpTests(Qlora qlora) => this.qlora = qlora;

    [Fact]
    public void Finetune_shows_its_options_in_groups_with_their_defaults()
    {
        string help = qlora.Run("finetune", "--help").Succeeded().Out;
        int at = 0;
        foreach (string heading in (string[])["Model and data:", "Quantization:", "Adapters:", "Length of the run:", "Optimizer:", "Regularization and seed:",
            "Speed and memory:", "Checkpoints and measuring:"])
        {
            at = help.IndexOf(heading, at, StringComparison.Ordinal);
            Assert.True(at >= 0, heading);
        }
        Assert.Matches(@"--lr, --learning-rate <X>\s+Peak learning rate. Default: 2e-4.\n", help);
        Assert.Matches(@"--adam-beta1 <X>\s+Decay of AdamW's first moment. Default: 0.9.\n", help);
        Assert.Matches(@"--save-steps <N>\s", help);
    }
}
