using System.Text.Json;
using QLoraGen.Cli.Tests.Tool;
using QLoraGen.Testing;

namespace QLoraGen.Cli.Tests;

/// <summary>PEFT's options on the command line: an adapter is trained with them, saved, and used alone and with others.</summary>
public sealed class AdapterOptionTests : IDisposable
{
    private readonly Qlora qlora = new();

    public void Dispose() => qlora.Dispose();

    [SharedTheory]
    [InlineData("--use-dora --target-modules q_proj,embed_tokens", "use_dora", "true")]
    [InlineData("--modules-to-save model.norm,embed_tokens --exclude-modules re:.*\\.mlp\\..*", "exclude_modules", ".*\\.mlp\\..*")]
    [InlineData("--init-lora-weights pissa --r 4", "r", "8")]
    [InlineData("--init-lora-weights loftq --use-rslora --rank-pattern q_proj=2,v_proj=3", "init_lora_weights", "true")]
    [InlineData("--target-modules q_proj --layers-to-transform 0,2 --layers-pattern layers --alpha-pattern q_proj=4", "layers_to_transform", "[0,2]")]
    public void An_adapter_is_trained_saved_and_used(string options, string field, string value)
    {
        string folder = qlora.File("adapter");
        JsonElement trained = qlora.Run(
            ["finetune", "--model", Stories.Folder, "--data", Stories.Train(qlora), "--out", folder, "--steps", "2", "--json", .. options.Split(' ')]).Json;
        using JsonDocument config = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "adapter_config.json")));
        JsonElement saved = config.RootElement.GetProperty(field);
        Assert.Equal(value, saved.ValueKind == JsonValueKind.Array ? JsonSerializer.Serialize(saved) : saved.ToString().Replace("True", "true", StringComparison.Ordinal));
        JsonElement planned = qlora.Run(["plan", "--model", Stories.Folder, "--json", .. options.Split(' ')]).Json;
        Assert.Equal(planned.GetProperty("trainable_parameters").GetInt64(), trained.GetProperty("trainable_parameters").GetInt64());
        qlora.Run("generate", "--model", Stories.Folder, "--adapter", folder, "--max-new-tokens", "2").Succeeded();
    }

    [SharedFact]
    public void Several_adapters_are_used_in_turn_and_merged()
    {
        string first = Train("first", "--seed", "1"), second = Train("second", "--seed", "2");
        string[] both = ["--adapter", $"one={first}", "--adapter", second];
        JsonElement turns = Eval(both).GetProperty("adapters");
        Assert.Equal(Nll(Eval("--adapter", first)), Nll(turns.GetProperty("one")));
        Assert.Equal(Nll(Eval("--adapter", second)), Nll(turns.GetProperty("second")));
        Assert.NotEqual(Nll(turns.GetProperty("one")), Nll(turns.GetProperty("second")));
        // All of one and nothing of the other is that one.
        Assert.Equal(Nll(turns.GetProperty("one")), Nll(Eval([.. both, "--adapter-weights", "second=0,one=1", "--combination-type", "cat"])), 1e-5);
        Assert.NotEqual(Nll(turns.GetProperty("one")), Nll(Eval([.. both, "--adapter-weights", "0.5,0.5"])));

        qlora.Run(["eval", "--model", Stories.Folder, "--data", Stories.Train(qlora), .. both, "--adapter-weights", "1"]).Refuses("--adapter-weights has 1", "2 times");
        qlora.Run(["eval", "--model", Stories.Folder, "--data", Stories.Train(qlora), .. both, "--combination-type", "cat"]).Refuses("--combination-type", "--adapter-weights");
        qlora.Run("eval", "--model", Stories.Folder, "--data", Stories.Train(qlora), "--adapter", first, "--adapter", first).Refuses("'first'", "NAME=DIR");

        string Train(string name, params string[] more)
        {
            qlora.Run(["finetune", "--model", Stories.Folder, "--data", Stories.Train(qlora), "--out", qlora.File(name), "--steps", "2", "--lr", "0.01", "--r", "2", .. more]).Succeeded();
            return qlora.File(name);
        }
    }

    [SharedFact]
    public void Options_are_taken_from_a_config_and_given_ones_stand_over_them()
    {
        string file = qlora.Write("lora.json", """{ "peft_type": "LORA", "r": 4, "lora_alpha": 9, "target_modules": ["q_proj"], "use_dora": true, "init_lora_weights": "olora" }""");
        JsonElement plan = qlora.Run("plan", "--model", Stories.Folder, "--adapter-config", file, "--r", "2", "--json").Json;
        Assert.Equal(5 * ((2 * (64 + 64)) + 64), plan.GetProperty("trainable_parameters").GetInt64());
        qlora.Run("plan", "--model", Stories.Folder, "--adapter-config", qlora.Write("bad.json", """{ "peft_type": "LORA", "target_modules": ["q_porj"] }"""))
            .Refuses("bad.json(1,", "QLG305", "q_porj");
    }

    [SharedTheory]
    [InlineData("--init-lora-weights pisa", "init_lora_weights is 'pisa'", "pissa")]
    [InlineData("--init-lora-weights orthogonal --r 3", "even r")]
    [InlineData("--modules-to-save lm_hed", "'lm_hed'", "QLG317")]
    [InlineData("--layers-to-transform 7", "block 7", "QLG318")]
    [InlineData("--layers-to-transform two", "--layers-to-transform", "'two' is not a whole number")]
    [InlineData("--rank-pattern q_proj", "--rank-pattern", "name=number")]
    [InlineData("--use-dora --lora-bias", "lora_bias does not go with use_dora")]
    [InlineData("--target-modules re:(q", "QLG314")]
    [InlineData("--modules-to-save q_proj --target-modules q_proj,v_proj", "QLG310")]
    public void What_does_not_go_is_refused_by_its_rule(string options, params string[] words) =>
        qlora.Run(["plan", "--model", Stories.Folder, .. options.Split(' ')]).Refuses(words);

    [SharedFact]
    public void Inspect_says_what_trains()
    {
        string drawn = qlora.Run("inspect", "--model", Stories.Folder, "--use-dora", "--target-modules", "q_proj,embed_tokens", "--modules-to-save", "model.norm").Succeeded().Out;
        Assert.Contains("DoRA", drawn, StringComparison.Ordinal);
        Assert.Contains("whole alone", drawn, StringComparison.Ordinal);
    }

    private JsonElement Eval(params string[] more) => qlora.Run(["eval", "--model", Stories.Folder, "--data", Stories.Train(qlora), "--json", .. more]).Json;

    private static double Nll(JsonElement result) => result.GetProperty("mean_nll").GetDouble();
}
