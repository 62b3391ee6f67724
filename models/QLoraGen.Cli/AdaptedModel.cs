using System.CommandLine;
using QLoraGen.Checkpoints;
using QLoraGen.Models;

namespace QLoraGen.Cli;

/// <summary>A model without its weights, and the adapter of <c>--adapter</c> on it.</summary>
internal sealed class AdaptedModel : IDisposable
{
    private AdaptedModel(string folder, ConfigFile config, CausalLM model) => (Folder, Config, Model) = (folder, config, model);

    public string Folder { get; }

    public ConfigFile Config { get; }

    public CausalLM Model { get; }

    /// <summary>Reads what <c>--model</c> and <c>--adapter</c> name.</summary>
    public static AdaptedModel Open(ParseResult parsed)
    {
        string folder = parsed.GetValue(SharedOptions.Model) ?? DefaultFiles.Model;
        if (!Directory.Exists(folder))
        {
            throw new QLoraException($"{folder}: there is no such folder; --model names a folder with config.json and model.safetensors.");
        }
        ConfigFile config = ConfigFile.Open(folder);
        CausalLM model = Architectures.Create(config);
        try
        {
            PeftAdapter.Load(parsed.GetRequiredValue(SharedOptions.SavedAdapter), model);
            return new AdaptedModel(folder, config, model);
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    public void Dispose() => Model.Dispose();
}
