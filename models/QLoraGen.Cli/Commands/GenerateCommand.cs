using System.CommandLine;
using System.Diagnostics;
using System.Text.Json.Nodes;
using QLoraGen.Tokenization;

namespace QLoraGen.Cli.Commands;

/// <summary><c>qlora generate</c>: continues a prompt.</summary>
internal static class GenerateCommand
{
    private static readonly Option<string> Prompt = new("--prompt")
    {
        Description = "The text to continue; empty starts from BOS.", HelpName = "TEXT", DefaultValueFactory = _ => "",
    };

    private static readonly Option<int> MaxNewTokens = new("--max-new-tokens")
    {
        Description = "Tokens to generate at most.", HelpName = "N", DefaultValueFactory = _ => 128,
    };

    private static readonly Option<double> Temperature = new("--temperature")
    {
        Description = "0 takes the likeliest token each time; higher is more varied.", HelpName = "T", DefaultValueFactory = _ => 0,
    };

    private static readonly Option<double> TopP = new("--top-p")
    {
        Description = "Draw only from the likeliest tokens that together reach this probability.", HelpName = "P", DefaultValueFactory = _ => 1,
    };

    public static Command Create() => new Command("generate", "Continue a prompt.")
    {
        SharedOptions.Model, SharedOptions.Adapter, Prompt, MaxNewTokens, Temperature, TopP, SharedOptions.Quant,
        SharedOptions.DoubleQuant, SharedOptions.BlockSize, SharedOptions.Seed, SharedOptions.Json,
    }.Runs(Run);

    private static void Run(ParseResult parsed, Output output, CancellationToken cancellation)
    {
        using LoadedModel loaded = LoadedModel.Open(parsed, output).WithAdapter(parsed);
        var options = new SamplingOptions
        {
            MaxNewTokens = parsed.GetValue(MaxNewTokens), Temperature = parsed.GetValue(Temperature), TopP = parsed.GetValue(TopP),
            Seed = parsed.GetValue(SharedOptions.Seed),
        };
        string prompt = parsed.GetRequiredValue(Prompt);
        int[] start = loaded.PromptIds(prompt);
        List<int> ids = [];
        TokenStream stream = loaded.Tokenizer.Stream(continues: prompt.Length > 0);
        string text = "";
        var watch = Stopwatch.StartNew();
        output.Write(prompt);
        foreach (int id in new TextGenerator(loaded.Model, loaded.Tokenizer.EosId).Generate(start, options, cancellation))
        {
            ids.Add(id);
            Show(stream.Add(id));
        }
        Show(stream.End());
        double seconds = watch.Elapsed.TotalSeconds;
        output.Line();
        output.Result(
            ("text", text), ("ids", new JsonArray([.. start.Concat(ids).Select(static id => (JsonNode)id)])),
            ("new_tokens", ids.Count), ("tokens_per_second", ids.Count / seconds));

        void Show(string piece)
        {
            text += piece;
            output.Write(piece);
        }
    }
}
