using System.CommandLine;
using QLoraGen.Checkpoints;
using QLoraGen.Data;
using QLoraGen.Models;
using QLoraGen.Templates;
using QLoraGen.Tokenization;

namespace QLoraGen.Cli;

/// <summary>A model with its weights and tokenizer, as the shared options ask for it.</summary>
internal sealed class LoadedModel : IDisposable
{
    private const int DefaultLength = 512;

    private LoadedModel(string folder, CausalLM model, Tokenizer tokenizer) => (Folder, Model, Tokenizer) = (folder, model, tokenizer);

    public string Folder { get; }

    public CausalLM Model { get; }

    public Tokenizer Tokenizer { get; }

    /// <summary>The chat template, or null where the checkpoint has none.</summary>
    public ChatTemplate? Chat { get; private init; }

    /// <summary>A generator that ends where the model's texts end, or where its answers do.</summary>
    public TextGenerator Generator(bool answers) => new(Model, StopTokens.Load(Folder, Tokenizer, answers ? Chat : null));

    /// <summary>Loads what <c>--model</c>, <c>--quant</c> and their like say, without an adapter.</summary>
    public static LoadedModel Open(ParseResult parsed, Output output) => Open(parsed, output, static _ => null);

    /// <summary>The same with new adapters, as the options ask for them: some begin from the weights.</summary>
    public static LoadedModel OpenForTraining(ParseResult parsed, Output output) => Open(parsed, output, model => AdapterOptions.Config(parsed, model));

    private static LoadedModel Open(ParseResult parsed, Output output, Func<CausalLM, LoraConfig?> adapters)
    {
        string folder = parsed.GetValue(SharedOptions.Model) ?? DefaultFiles.Model;
        if (!Directory.Exists(folder))
        {
            throw new QLoraException($"{folder}: there is no such folder; --model names a folder with config.json and model.safetensors.");
        }
        CausalLM model = Architectures.Create(ConfigFile.Open(folder));
        try
        {
            using Checkpoint checkpoint = Checkpoint.Open(folder);
            QuantFormat? format = SharedOptions.Format(parsed, model);
            LoraConfig? config = adapters(model);
            long seed = parsed.GetValue(SharedOptions.Seed);
            if (config is not null && LoraStart.NeedsWeights(config.InitLoraWeights))
            {
                model.LoadFrozen(checkpoint, format, config, seed, RegionCache.Default, output.Error);
            }
            else
            {
                model.LoadFrozen(checkpoint, format, RegionCache.Default, output.Error);
                if (config is not null)
                {
                    model.AddAdapters(config, seed);
                }
            }
            var tokenizer = Tokenizer.Load(folder);
            if (tokenizer.VocabSize > model.Config.VocabSize)
            {
                throw new QLoraException(
                    $"{folder}: the tokenizer gives ids up to {tokenizer.VocabSize - 1}, but config.json's vocab_size is {model.Config.VocabSize}. "
                    + "Use the tokenizer of the same model.");
            }
            return new LoadedModel(folder, model, tokenizer) { Chat = ChatTemplate.Load(folder) };
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>The longest sample: what was asked for, within the model's context.</summary>
    public int MaxLength(int? asked) => MaxLength(Model, asked);

    /// <summary>The longest sample for a model that may have no weights yet.</summary>
    public static int MaxLength(CausalLM model, int? asked)
    {
        int context = model.Config.MaxPositionEmbeddings;
        return asked switch
        {
            null => Math.Min(DefaultLength, context),
            < 2 => throw new QLoraException($"--max-length is {asked}: use at least 2 tokens."),
            { } length when length > context =>
                throw new QLoraException($"--max-length is {length}, but the model's context (max_position_embeddings) is {context} tokens."),
            { } length => length,
        };
    }

    /// <summary>A dataset's samples as token ids; what the limit cuts is said.</summary>
    public EncodedData Encode(string path, int maxLength, Output output)
    {
        Dataset data = Dataset.Read(path, keepMessages: Chat is not null);
        TokenizedDataset encoded = Encode(path, data, maxLength);
        if (encoded.Shortened > 0 || encoded.Dropped > 0)
        {
            output.Error($"{path}: at {maxLength} tokens {encoded.Shortened} samples were cut and {encoded.Dropped} left out (--max-length).");
        }
        return new EncodedData(
            path, encoded.Samples, data.Kind == DatasetKind.Instructions, data.Samples.Any(static sample => sample.Conversation is not null));
    }

    private TokenizedDataset Encode(string path, Dataset data, int maxLength)
    {
        try
        {
            return SampleEncoder.EncodeAll(Tokenizer, data, maxLength, Chat);
        }
        catch (QLoraException e)
        {
            throw new QLoraException($"{path}: {e.Message} The length is --max-length, within the model's context of "
                + $"{Model.Config.MaxPositionEmbeddings} tokens.", e);
        }
    }

    /// <summary>What generation starts from: BOS, where the model expects it, and the prompt.</summary>
    public int[] PromptIds(string prompt)
    {
        int[] ids = Tokenizer.Encode(prompt);
        return Tokenizer.BosId is { } bos && (Tokenizer.AddBos || ids.Length == 0) ? [bos, .. ids] : ids;
    }

    public void Dispose() => Model.Dispose();
}

/// <summary>A file's samples as token ids, whether they are prompts with completions, and whether these are turns of conversations.</summary>
internal sealed record EncodedData(string File, IReadOnlyList<TokenizedSample> Samples, bool HasPrompts, bool HasTurns);
