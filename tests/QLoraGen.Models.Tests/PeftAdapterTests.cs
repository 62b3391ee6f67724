using QLoraGen.Testing;

namespace QLoraGen.Models.Tests;

/// <summary>An adapter that is saved and loaded back means the same layers, however its config names them.</summary>
public sealed class PeftAdapterTests
{
    public static TheoryData<string, LoraConfig, int> Configs => new()
    {
        { "all linear layers", new LoraConfig { R = 2 }, 35 },
        { "names", new LoraConfig { R = 2, TargetModules = ["q_proj", "layers.0.mlp.up_proj"] }, 6 },
        { "a pattern", new LoraConfig { R = 2, TargetPattern = @".*layers\.[01]\..*_proj" }, 14 },
        { "an exclusion by name", new LoraConfig { R = 2, ExcludeModules = ["o_proj"] }, 30 },
        { "an exclusion of one layer", new LoraConfig { R = 2, ExcludeModules = ["layers.3.mlp.down_proj"] }, 34 },
        { "an exclusion by a pattern", new LoraConfig { R = 2, ExcludePattern = @".*\.self_attn\..*" }, 15 },
        { "names and an exclusion", new LoraConfig { R = 2, TargetModules = ["q_proj", "k_proj"], ExcludeModules = ["layers.0.self_attn.k_proj"] }, 9 },
        { "an exclusion of what is no target", new LoraConfig { R = 2, TargetModules = ["q_proj"], ExcludeModules = ["embed_tokens"] }, 5 },
        { "ranks of their own", new LoraConfig { R = 2, RankPattern = [new("layers.1.self_attn.q_proj", 3)], AlphaPattern = [new("down_proj", 5)] }, 35 },
    };

    [SharedTheory]
    [MemberData(nameof(Configs))]
    public void A_saved_adapter_is_loaded_onto_the_same_layers(string what, LoraConfig config, int adapters)
    {
        using var folder = new TempFolder();
        using CausalLM trained = Stories.Load(), loaded = Stories.Load();
        AdapterArena saved = trained.AddAdapters(config, seed: 7);
        PeftAdapter.Save(folder.Path, trained, "stories260K");
        AdapterArena back = PeftAdapter.Load(folder.Path, loaded);

        Assert.True(saved.Adapters.Count == adapters, what);
        Assert.Equal(saved.Adapters.Select(static a => a.Path), back.Adapters.Select(static a => a.Path));
        Assert.Equal(saved.Adapters.Select(a => (config.RankOf(a.Path), config.ScaleOf(a.Path))), back.Adapters.Select(a => (back.Config.RankOf(a.Path), back.Config.ScaleOf(a.Path))));
        Assert.Equal(saved.Flat.data<float>().ToArray(), back.Flat.data<float>().ToArray());
    }
}
