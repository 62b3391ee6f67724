using System.Text;
using QLoraGen.Checkpoints;
using QLoraGen.Configs;
using QLoraGen.Rules;

namespace QLoraGen;

/// <summary><c>adapter_config.json</c>, PEFT's form of a <see cref="LoraConfig"/>.</summary>
internal static class PeftConfig
{
    public const string FileName = "adapter_config.json";

    /// <summary>
    /// Reads the config of an adapter for a model with these layers. Refused with the rulebook's sentence: what breaks a rule in earnest,
    /// and a key that is not known, since what it should set would keep its default.
    /// </summary>
    public static LoraConfig Read(string folder, IReadOnlyList<TargetLayer> layers)
    {
        ConfigFile file = Checked(Path.Combine(folder, FileName), layers, isNew: false);
        return AdapterConfigFile.Read(file.Places, file.Text);
    }

    /// <summary>Reads a file for new adapters.</summary>
    public static LoraConfig ReadNew(string path, IReadOnlyList<TargetLayer> layers) => AdapterConfigFile.Read(Checked(path, layers, isNew: true).Places);

    private static ConfigFile Checked(string path, IReadOnlyList<TargetLayer> layers, bool isNew)
    {
        ConfigFile file = ConfigFile.Open(path);
        return AdapterFileRules.Check(file.Text, layers, isNew: isNew)
            .FirstOrDefault(static fault => fault.Fault.Rule.Severity == RuleSeverity.Error || fault.Fault.Rule == KeyIsUnknown.Rule) is { } refused
            ? throw new QLoraException(refused.In(file.Path, file.Text))
            : file;
    }

    /// <summary>Writes a config with every field that PEFT 0.19 knows.</summary>
    public static Action<Stream> Content(LoraConfig config, string? baseModel, bool fanInFanOut) =>
        stream => stream.Write(Encoding.ASCII.GetBytes(AdapterConfigText.Write(config, baseModel, fanInFanOut)));
}
