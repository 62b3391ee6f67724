using QLoraGen.Cli.Tests.Tool;
using QLoraGen.Testing;

namespace QLoraGen.Cli.Tests;

/// <summary>Options that cannot be: each is refused by its name, before anything is written.</summary>
public sealed class BadOptionTests : IClassFixture<Qlora>
{
    private readonly Qlora qlora;

    public BadOptionTests(Qlora qlora) => this.qlora = qlora;

    [Theory]
    [InlineData("finetune")]
    [InlineData("eval")]
    public void A_model_of_ones_own_without_data(string verb) =>
        qlora.Run(verb, "--model", "my-model").Refuses("--model is my-model", "there is no --data");

    [SharedTheory]
    [InlineData("--r 0", "r is 0", "at least 1")]
    [InlineData("--r 2000000000", "r is 2000000000", "at most")]
    [InlineData("--lora-alpha -1", "alpha is -1", "above 0")]
    [InlineData("--lora-dropout 1", "dropout is 1", "[0, 1)")]
    [InlineData("--target-modules q_porj,v_proj", "'q_porj'", "Did you mean 'q_proj'?", "down_proj")]
    [InlineData("--target-modules ,", "--target-modules", "all-linear")]
    [InlineData("--steps 0", "steps is 0", "at least 1")]
    [InlineData("--epochs -1", "epochs is -1", "above 0")]
    [InlineData("--epochs 1e12", "epochs is 1000000000000", "--steps")]
    [InlineData("--steps 5 --epochs 2", "--steps", "--epochs")]
    [InlineData("--batch-size 0", "batch-size is 0")]
    [InlineData("--lr NaN", "lr is NaN")]
    [InlineData("--warmup-steps -1", "warmup-steps is -1")]
    [InlineData("--label-smoothing-factor 1", "label-smoothing-factor is 1", "[0, 1)")]
    [InlineData("--neftune-noise-alpha -5", "neftune-noise-alpha is -5")]
    [InlineData("--loraplus-lr-ratio 0", "loraplus-lr-ratio is 0", "above 0")]
    [InlineData("--adam-beta2 1", "adam-beta2 is 1")]
    [InlineData("--optim paged_adamw_8bit", "optim is paged_adamw_8bit", "adamw_8bit")]
    [InlineData("--block-size 48", "--block-size", "48", "power of two")]
    [InlineData("--max-length 513", "--max-length is 513", "512", "max_position_embeddings")]
    [InlineData("--held-out 4", "--held-out", "4")]
    [InlineData("--held-out 0", "--held-out is 0")]
    public void A_value_out_of_range(string options, params string[] words)
    {
        qlora.Run(
            ["finetune", "--model", Stories.Folder, "--data", Stories.Train(qlora), "--out", qlora.File("adapter"), "--json",
                .. options.Split(' ')]).Refuses(words);
        Assert.False(Directory.Exists(qlora.File("adapter")));
    }

    [Theory]
    [InlineData("finetune --stepz 5", "--stepz")]
    [InlineData("eval --quant nf8", "nf8", "nf4")]
    [InlineData("generate --max-new-tokens many", "many", "--max-new-tokens")]
    [InlineData("finetune --r", "--r")]
    [InlineData("evaluate", "evaluate")]
    public void What_the_command_line_does_not_know(string line, params string[] words)
    {
        Outcome outcome = qlora.Run(line.Split(' '));

        Assert.Equal(1, outcome.ExitCode);
        Assert.DoesNotContain("   at ", outcome.Err);
        Assert.All(words, word => Assert.Contains(word, outcome.Err));
    }

    [SharedFact]
    public void A_file_where_the_adapter_s_folder_should_be_is_refused_before_training()
    {
        string file = qlora.Write("taken", "kept");

        qlora.Run(
            "finetune", "--model", Stories.Folder, "--data", Stories.Train(qlora), "--out", file, "--steps", "100000").Refuses(file, "--out");

        Assert.Equal("kept", File.ReadAllText(file));
    }
}
