using System.CommandLine;
using QLoraGen.Checkpoints;
using QLoraGen.Rules;

namespace QLoraGen.Cli;

/// <summary>The options that several verbs take, under one name and meaning.</summary>
internal static class SharedOptions
{
    public static readonly Option<string?> Model = new("--model")
    {
        Description = "The model: a Hugging Face folder with config.json, model.safetensors and tokenizer files. Default: the built-in small model.",
        HelpName = "DIR",
    };

    public static readonly Option<string?> Adapter = new("--adapter")
    {
        Description = "An adapter that finetune or PEFT wrote, to be put on the model.", HelpName = "DIR",
    };

    public static readonly Option<string> SavedAdapter = new("--adapter")
    {
        Description = "The adapter: a folder that finetune or PEFT wrote.", HelpName = "DIR", Required = true,
    };

    public static readonly Option<string?> Data = new("--data")
    {
        Description = "JSON array of texts; JSON or JSONL rows of instruction/input/output, prompt/completion or messages; or plain text.",
        HelpName = "FILE",
    };

    public static readonly Option<int?> MaxLength = new("--max-length")
    {
        Description = "Tokens of a sample at most. Default: 512, or the model's context where that is shorter.", HelpName = "N",
    };

    public static readonly Option<bool?> DoubleQuant = new("--double-quant")
    {
        Description = "Whether the absmax of quantized blocks are quantized to 8 bits in turn. Default: as the model's class declares.",
        HelpName = "true|false",
    };

    public static readonly Option<int?> BlockSize = new("--block-size", "--blocksize")
    {
        Description = "Values that share one absmax: a power of two from 32 to 4096. Default: as the model's class declares.", HelpName = "N",
    };

    public static readonly Option<long> Seed = new("--seed")
    {
        Description = "Of everything random; the same seed gives the same result.", HelpName = "N", DefaultValueFactory = _ => 42,
    };

    public static readonly Option<bool> Json = new("--json") { Description = "Print the result as one JSON object, the last line of stdout." };

    public static readonly Option<string?> Quant = MakeQuant();

    /// <summary>
    /// The checkpoint of a folder whose config.json says that it is quantized already, since each of its weights says how; null of any
    /// other, and of a bare config.json.
    /// </summary>
    public static Checkpoint? Prequantized(string? folder, CausalLM model) =>
        folder is not null && model.Config.QuantizationConfig is not null && Checkpoint.IsIn(folder) ? Checkpoint.Open(folder) : null;

    /// <summary>The built-in task is for the built-in model; another model wants data of its own.</summary>
    public static void RequireDataForModel(ParseResult parsed) => RequireDataForModel(parsed, Data);

    /// <summary>The same, where a verb takes more kinds of data.</summary>
    public static void RequireDataForModel(ParseResult parsed, Option<string?> data)
    {
        if (parsed.GetValue(Model) is { } model && parsed.GetValue(data) is null)
        {
            throw new QLoraException($"--model is {model}, but there is no --data: name the file to use with it.");
        }
    }

    /// <summary>
    /// The 4-bit format that the options mean, on top of what the model's class declares; null for full precision. Where config.json
    /// has a quantization_config, that is the format.
    /// </summary>
    public static QuantFormat? Format(ParseResult parsed, CausalLM model) => Format(parsed, model, Quant);

    /// <summary>The same, where a verb takes other types.</summary>
    public static QuantFormat? Format(ParseResult parsed, CausalLM model, Option<string?> quant)
    {
        QuantFormat declared = model.DeclaredFormat ?? new QuantFormat(QuantType.None);
        if (model.Config.QuantizationConfig is { } stored)
        {
            return Agreeing(parsed, quant, stored.FormatWith(declared.Type == QuantType.None ? new QuantFormat().BlockSize : declared.BlockSize));
        }
        QuantType type = parsed.GetValue(quant) is { } name ? Enum.Parse<QuantType>(name, ignoreCase: true) : declared.Type;
        if (type == QuantType.None)
        {
            return null;
        }
        int blockSize = parsed.GetValue(BlockSize) ?? declared.BlockSize;
        return BlockSizeIsNotPossible.Check(blockSize) is { } fault
            ? throw new QLoraException($"--block-size: {fault}")
            : new QuantFormat(type, blockSize, parsed.GetValue(DoubleQuant) ?? declared.DoubleQuant);
    }

    private static QuantFormat Agreeing(ParseResult parsed, Option<string?> quant, QuantFormat stored)
    {
        (string Name, object? Given, object? Stored)[] options =
        [
            ("--quant", parsed.GetValue(quant), stored.Type.ToString().ToLowerInvariant()),
            ("--double-quant", parsed.GetValue(DoubleQuant), stored.DoubleQuant),
            ("--block-size", parsed.GetValue(BlockSize), "that of each weight"),
        ];
        foreach ((string name, object? given, object? own) in options)
        {
            if (given is not null && !given.Equals(own))
            {
                throw new QLoraException($"{name} is {given}, but config.json's quantization_config says that the weights are quantized already, and "
                    + $"what they have is {own}: leave {name} out, or use the model's original checkpoint.");
            }
        }
        return stored;
    }

    public static readonly Option<string> NewFolder = new("--out")
    {
        Description = "The folder to make; nothing that is there is written over.", HelpName = "DIR", Required = true,
    };

    public static readonly Option<string> MaxShardSize = new("--max-shard-size")
    {
        Description = "Bytes of tensors in one file at most.", HelpName = "SIZE", DefaultValueFactory = _ => "5GB",
    };

    /// <summary>The type that a verb writes values in.</summary>
    public static Option<string> MakeDType(string usual)
    {
        var option = new Option<string>("--dtype") { Description = "The type to round to.", DefaultValueFactory = _ => usual };
        return option.AcceptOnlyFromAmong("bfloat16", "float16", "float32");
    }

    private static Option<string?> MakeQuant()
    {
        var option = new Option<string?>("--quant")
        {
            Description = "The data type that the base weights are frozen in. Default: as they are quantized already, or the model's class declares.",
        };
        return option.AcceptOnlyFromAmong("nf4", "fp4", "int4", "none");
    }
}
