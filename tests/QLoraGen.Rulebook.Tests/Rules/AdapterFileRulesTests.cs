using QLoraGen.Rules;
using QLoraGen.Testing;

namespace QLoraGen.Rulebook.Tests.Rules;

/// <summary>An adapter_config.json by itself, without a model.</summary>
public sealed class AdapterFileRulesTests
{
    [Theory]
    [InlineData("{ \"lora_aplha\": 8 }", "lora_aplha", "lora_alpha")]
    [InlineData("{ \"my_own_note_on_it\": 8 }", "my_own_note_on_it", null)]
    [InlineData("{ \"use_rsLoRA\": true }", "use_rsLoRA", "use_rslora")]
    [InlineData("{ \"Target_modules\": [\"x\"] }", "Target_modules", null)]
    public void A_key_that_PEFT_does_not_know_is_named_with_the_nearest(string more, string field, string? fix)
    {
        Fault fault = Assert.Single(Check(more)).Fault;
        Assert.Equal(("QLG401", field, fix), (fault.Rule.Id, fault.Field, fault.Fix));
        Assert.EndsWith(fix is null ? ": remove it." : $": write '{fix}'.", fault.Sentence);
    }

    [Theory]
    [InlineData("{ \"of_a_newer_version\": null }")]
    [InlineData("{ \"of_a_newer_version\": false }")]
    [InlineData("{ \"of_a_newer_version\": [], \"another\": {} }")]
    [InlineData("{ \"use_dora\": false, \"modules_to_save\": [], \"layers_to_transform\": null, \"loftq_config\": {} }")]
    [InlineData("{ \"init_lora_weights\": \"orthogonal\", \"bias\": \"none\", \"qalora_group_size\": 16, \"task_type\": null }")]
    [InlineData("{ \"rank_pattern\": { \"up\": 4 }, \"alpha_pattern\": { \"up\": 4, \"down\": 0.5 }, \"exclude_modules\": \"lm_.*\" }")]
    public void What_says_nothing_or_is_understood_is_right(string more) => Assert.Empty(Check(more));

    [Theory]
    [InlineData("{ \"rank_pattern\": { \"a.b\": 4, \"c\": 4.5 } }", "rank_pattern.c", "4.5")]
    [InlineData("{ \"layer_replication\": [[0, 4], [2, \"5\"]] }", "layer_replication[1][1]", "\"5\"")]
    [InlineData("{ \"layers_to_transform\": true }", "layers_to_transform", "true")]
    [InlineData("{ \"use_rslora\": 1 }", "use_rslora", "1")]
    [InlineData("{ \"trainable_token_indices\": { \"embed_tokens\": 3 } }", "trainable_token_indices.embed_tokens", "3")]
    public void A_wrong_type_is_shown_on_the_value_that_has_it(string more, string field, string value)
    {
        string text = Text(more);
        PlacedFault fault = Assert.Single(AdapterFileRules.Check(text, null));
        Assert.Equal(("QLG402", field), (fault.Fault.Rule.Id, fault.Fault.Field));
        Assert.Equal(value, text.Substring(fault.Start, fault.Length));
    }

    [Theory]
    [InlineData("{ \"layers_pattern\": \"layers\" }", "layers_pattern")]
    [InlineData("{ \"use_dora\": true, \"lora_bias\": true }", "lora_bias")]
    [InlineData("{ \"lora_bias\": true, \"init_lora_weights\": \"eva\" }", "lora_bias")]
    public void What_PEFT_refuses_together_is_said_before_what_is_not_supported(string more, string field)
    {
        PlacedFault fault = Assert.Single(Check(more), static fault => fault.Fault.Rule == PeftRefuses.Rule);
        Assert.Equal(field, fault.Fault.Field);
        Assert.DoesNotContain(Check(more), other => other.Fault.Rule == FieldIsNotSupported.Rule && other.Fault.Field == field);
    }

    [Fact]
    public void Numbers_of_layers_go_with_a_list_of_targets_alone()
    {
        const string More = "{ \"layers_to_transform\": [0] }";
        Assert.Empty(Check(More));
        Assert.Equal("QLG311", Assert.Single(AdapterFileRules.Check(Text(More).Replace("[\"up\"]", "\".*up\"", StringComparison.Ordinal), null)).Fault.Rule.Id);
    }

    [Fact]
    public void Another_kind_of_adapter_is_said_to_be_one_and_nothing_else() =>
        Assert.Equal("QLG315: peft_type is '\"IA3\"', which is not supported here: only LORA adapters are.",
            Assert.Single(AdapterFileRules.Check("{ \"peft_type\": \"IA3\", \"feedforward_modules\": [1] }", null)).Fault.ToString());

    [SharedFact]
    public void A_real_adapter_is_right() => Assert.Empty(Shared("tiny_lora_adapter_config.json"));

    [SharedFact]
    public void So_is_one_that_trains_layers_whole() => Assert.Empty(Shared("sift-opf-zh", "adapter_config.json"));

    // Every field of PEFT, away from its default.
    [Theory]
    [InlineData("alora_invocation_tokens", "[1]", true)]
    [InlineData("alpha_pattern", "{ \"up\": 2 }", false)]
    [InlineData("arrow_config", "{ \"top_k\": 3 }", true)]
    [InlineData("bias", "\"all\"", false)]
    [InlineData("bias", "\"some\"", true)]
    [InlineData("corda_config", "{ \"cache_file\": \"x\" }", true)]
    [InlineData("ensure_weight_tying", "true", true)]
    [InlineData("eva_config", "{ \"rho\": 2.0 }", false)]
    [InlineData("exclude_modules", "[\"down\"]", false)]
    [InlineData("fan_in_fan_out", "true", false)]
    [InlineData("init_lora_weights", "\"gaussian\"", false)]
    [InlineData("init_lora_weights", "\"pissa_niter_4\"", true)]
    [InlineData("kasa_config", "{ \"beta\": 1 }", true)]
    [InlineData("layer_replication", "[[0, 4], [2, 6]]", true)]
    [InlineData("layers_to_transform", "3", false)]
    [InlineData("loftq_config", "{ \"loftq_bits\": 4 }", false)]
    [InlineData("lora_bias", "true", false)]
    [InlineData("lora_ga_config", "{ \"direction\": \"ArBr\" }", true)]
    [InlineData("megatron_config", "{ \"x\": 1 }", true)]
    [InlineData("modules_to_save", "[\"head\"]", false)]
    [InlineData("monteclora_config", "{ \"num_samples\": 8 }", true)]
    [InlineData("qalora_group_size", "32", false)]
    [InlineData("rank_pattern", "{ \"up\": 2 }", false)]
    [InlineData("target_parameters", "[\"experts.w1\"]", true)]
    [InlineData("trainable_token_indices", "[5]", true)]
    [InlineData("use_bdlora", "true", true)]
    [InlineData("use_dora", "true", false)]
    [InlineData("use_qalora", "true", true)]
    [InlineData("use_rslora", "true", false)]
    [InlineData("velora_config", "{ \"num_groups\": 2 }", true)]
    public void A_field_is_supported_or_refused_by_its_name(string field, string value, bool refused)
    {
        IReadOnlyList<PlacedFault> faults = Check($"{{ \"{field}\": {value} }}");
        Assert.Equal(refused ? [("QLG315", field)] : [], faults.Select(static fault => (fault.Fault.Rule.Id, fault.Fault.Field)));
        Assert.All(faults, fault => Assert.StartsWith($"{field} is ", fault.Fault.Sentence, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("{ \"init_lora_weights\": \"pissa\" }", null)]
    [InlineData("{ \"init_lora_weights\": \"loftq\", \"loftq_config\": { \"loftq_bits\": 4, \"loftq_iter\": 1 } }", null)]
    [InlineData("{ \"init_lora_weights\": \"loftq\", \"loftq_config\": { \"loftq_bits\": 2 } }", "loftq_config")]
    [InlineData("{ \"init_lora_weights\": \"loftq\", \"loftq_config\": { \"loftq_iter\": 5 } }", "loftq_config")]
    public void New_adapters_may_begin_from_the_weights(string more, string? refused) =>
        Assert.Equal(refused, AdapterFileRules.Check(Text(more), null, isNew: true).SingleOrDefault()?.Fault.Field);

    private static IReadOnlyList<PlacedFault> Shared(params string[] path) =>
        AdapterFileRules.Check(File.ReadAllText(SharedData.Path(["adapters", .. path])), null);

    private static IReadOnlyList<PlacedFault> Check(string more) => AdapterFileRules.Check(Text(more), null);

    private static string Text(string more) => $"{{ \"peft_type\": \"LORA\", \"target_modules\": [\"up\"], {more[1..]}";
}
