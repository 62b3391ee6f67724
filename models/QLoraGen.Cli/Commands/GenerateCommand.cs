using System.CommandLine;
using System.Diagnostics;
using System.Text.Json.Nodes;
using QLoraGen.Tokenization;

namespace QLoraGen.Cli.Commands;

/// <summary><c>qlora generate</c>: continues a prompt, or answers a message.</summary>
internal static class GenerateCommand
{
    private static readonly Option<string> Prompt = new("--prompt")
    {
        Description = "The text to continue; empty starts from BOS.", HelpName = "TEXT", DefaultValueFactory = _ => "",
    };

    private static readonly Option<bool> Chat = new("--chat")
    {
        Description = "--prompt is a user's message: it is rendered by the model's chat template, and the answer is generated.",
    };

    private static readonly Option<string?> System = new("--system") { Description = "With --chat: the system's message.", HelpName = "TEXT" };

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

    public static Command Create() => new Command("generate", "Continue a prompt, or answer a message.")
    {
        SharedOptions.Model, Prompt, Chat, System, MaxNewTokens, Temperature, TopP, SharedOptions.Quant,
        SharedOptions.DoubleQuant, SharedOptions.BlockSize, SharedOptions.Seed, SharedOptions.Json,
    }.With(UsedAdapters.All).Runs(Run);

    private static void Run(ParseResult parsed, Output output, CancellationToken cancellation)
    {
        if (parsed.GetValue(System) is not null && !parsed.GetValue(Chat))
        {
            throw new QLoraException("--system is a message of a conversation: give --chat too.");
        }
        SamplingOptions options = Sampling(parsed);
        using LoadedModel loaded = LoadedModel.Open(parsed, output);
        IReadOnlyList<string?> adapters = UsedAdapters.Load(parsed, loaded.Model);
        string prompt = parsed.GetRequiredValue(Prompt);
        bool chat = parsed.GetValue(Chat);
        int[] start = chat ? ChatPrompt.Ids(loaded, prompt, parsed.GetValue(System)) : loaded.PromptIds(prompt);
        if (start.Length >= loaded.Model.Config.MaxPositionEmbeddings)
        {
            throw new QLoraException($"--prompt has {start.Length} tokens, which leaves no room in the model's context "
                + $"(max_position_embeddings) of {loaded.Model.Config.MaxPositionEmbeddings}: shorten it.");
        }
        output.Results(adapters, name =>
        {
            loaded.Model.Activate(name);
            return Continue(loaded, chat ? "" : prompt, start, options, output, cancellation, answers: chat);
        });
    }

    private static (string, JsonNode?)[] Continue(
        LoadedModel loaded, string prompt, int[] start, SamplingOptions options, Output output, CancellationToken cancellation, bool answers)
    {
        List<int> ids = [];
        TokenStream stream = loaded.Tokenizer.Stream(continues: prompt.Length > 0);
        string text = "";
        var watch = Stopwatch.StartNew();
        output.Write(prompt);
        foreach (int id in loaded.Generator(answers).Generate(start, options, cancellation))
        {
            ids.Add(id);
            Show(stream.Add(id));
        }
        Show(stream.End());
        double seconds = watch.Elapsed.TotalSeconds;
        output.Line();
        return
        [
            ("text", text), ("ids", new JsonArray([.. start.Concat(ids).Select(static id => (JsonNode)id)])),
            ("new_tokens", ids.Count), ("tokens_per_second", ids.Count / seconds),
        ];

        void Show(string piece)
        {
            text += piece;
            output.Write(piece);
        }
    }

    private static SamplingOptions Sampling(ParseResult parsed)
    {
        (int most, double temperature, double topP) = (parsed.GetValue(MaxNewTokens), parsed.GetValue(Temperature), parsed.GetValue(TopP));
        return (most, temperature, topP) switch
        {
            ( < 1, _, _) => throw new QLoraException($"--max-new-tokens is {most}: use at least 1."),
            _ when !(temperature >= 0) || !double.IsFinite(temperature) => throw new QLoraException(
                $"--temperature is {temperature}: use 0 for the likeliest token each time, or a number above it, such as 0.8."),
            _ when !(topP is > 0 and <= 1) => throw new QLoraException($"--top-p is {topP}: use a probability above 0, at most 1."),
            _ => new SamplingOptions
            {
                MaxNewTokens = most, Temperature = temperature, TopP = topP, Seed = parsed.GetValue(SharedOptions.Seed),
            },
        };
    }
}
