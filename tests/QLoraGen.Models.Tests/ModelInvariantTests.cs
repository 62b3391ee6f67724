using QLoraGen.Testing;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace QLoraGen.Models.Tests;

/// <summary>What QLoRA promises of any model: frozen stays frozen, only A and B learn, and TorchSharp sees an ordinary module.</summary>
public sealed class ModelInvariantTests
{
    private const string Layer0 = "model.layers.0.self_attn.q_proj";

    [SharedFact]
    public void Twenty_steps_change_adapters_and_not_a_bit_of_the_frozen_region()
    {
        using CausalLM model = Stories.LoadAdapted();
        UInt128 frozen = model.Region!.Hash();
        float[] before = [.. model.Adapters!.Flat.detach().data<float>()];
        new Trainer(model, new TrainingOptions { Steps = 20 }).Run(Stories.Samples(64));
        Assert.Equal(frozen, model.Region.Hash());
        float[] after = [.. model.Adapters.Flat.detach().data<float>()];
        Assert.True(before.Zip(after).Count(static pair => pair.First != pair.Second) > 0.99 * before.Length);
    }

    [SharedFact]
    public void What_requires_grad_is_an_a_or_a_b_and_lies_in_the_arena()
    {
        using CausalLM model = Stories.LoadAdapted();
        (string name, Parameter parameter)[] trained = [.. model.named_parameters().Where(static p => p.parameter.requires_grad)];
        Assert.Equal(2 * 7 * 5, trained.Length);
        Assert.All(trained, static p => Assert.Matches(@"^model\.layers\.\d\.(self_attn|mlp)\.\w+_proj\.lora_[AB]\.weight$", p.name));
        Assert.Equal(model.Adapters!.Flat.numel(), trained.Sum(static p => p.parameter.numel()));
        nint first = Native.TensorMemory.Pointer(model.Adapters.Flat), firstGradient = Native.TensorMemory.Pointer(model.Adapters.Gradients);
        Assert.All(trained, p =>
        {
            nint offset = Native.TensorMemory.Pointer(p.parameter) - first;
            Assert.InRange(offset, 0, (nint)(model.Adapters.Flat.numel() * sizeof(float)) - 1);
            using Tensor gradient = p.parameter.grad!;
            Assert.Equal(offset, Native.TensorMemory.Pointer(gradient) - firstGradient);
        });
    }

    [SharedFact]
    public void A_backward_pass_leaves_its_gradients_in_the_arena_and_none_elsewhere()
    {
        using CausalLM model = Stories.LoadAdapted();
        using var scope = NewDisposeScope();
        Backward(model);
        Assert.All(model.named_parameters().Where(static p => !p.parameter.requires_grad), static p => Assert.True(p.parameter.grad is null, p.name));
        using Tensor expected = cat([.. model.Adapters!.Parameters.Select(static p => p.grad!.view(-1))]);
        Assert.Equal(expected.data<float>().ToArray(), model.Adapters.Gradients.data<float>().ToArray());
        Assert.True(model.Adapters.Gradients.norm().item<float>() > 0);
    }

    [SharedFact]
    public void An_optimizer_over_the_parameters_and_one_over_the_flat_vector_agree()
    {
        Assert.Equal(
            AfterThreeSteps(static model => model.parameters().Where(static p => p.requires_grad)),
            AfterThreeSteps(static model => [model.Adapters!.Flat]));

        static float[] AfterThreeSteps(Func<CausalLM, IEnumerable<Parameter>> parameters)
        {
            using CausalLM model = Stories.LoadAdapted();
            using var optimizer = optim.AdamW(parameters(model), lr: 1e-3);
            for (int step = 0; step < 3; step++)
            {
                using var scope = NewDisposeScope();
                Backward(model);
                optimizer.step();
                model.Adapters!.Gradients.zero_();
            }
            return [.. model.Adapters!.Flat.detach().data<float>()];
        }
    }

    [SharedFact]
    public void The_state_has_the_names_of_bitsandbytes_and_peft()
    {
        using CausalLM model = Stories.LoadAdapted();
        Dictionary<string, Tensor> state = model.state_dict();
        Assert.Equal(
            new[] { "lora_A.weight", "lora_B.weight", "weight", "weight.absmax", "weight.nested_absmax", "weight.nested_offset" },
            state.Keys.Where(static key => key.StartsWith(Layer0)).Select(static key => key[(Layer0.Length + 1)..]).Order(StringComparer.Ordinal));
        Assert.Equal((ScalarType.Byte, 64L * 64 / 2), (state[$"{Layer0}.weight"].dtype, state[$"{Layer0}.weight"].numel()));
        Assert.Equal((ScalarType.Byte, 64L), (state[$"{Layer0}.weight.absmax"].dtype, state[$"{Layer0}.weight.absmax"].numel()));
        Assert.Equal([512, 64], state["model.embed_tokens.weight"].shape);
        Assert.Contains("model.layers.4.post_attention_layernorm.weight", state.Keys);
        Assert.Contains("model.norm.weight", state.Keys);
        Assert.DoesNotContain("lm_head.weight", state.Keys);   // tied
        Assert.Equal(1 + 1 + (5 * (2 + (7 * 6))), state.Count);
    }

    [SharedFact]
    public void Without_double_quantization_absmax_is_fp32_and_nothing_is_nested()
    {
        using CausalLM model = Stories.Load(new QuantFormat(QuantType.NF4, DoubleQuant: false));
        Dictionary<string, Tensor> state = model.state_dict();
        Assert.Equal(ScalarType.Float32, state[$"{Layer0}.weight.absmax"].dtype);
        Assert.DoesNotContain(state.Keys, static key => key.Contains("nested"));
    }

    [SharedFact]
    public void Modules_are_named_as_the_checkpoint_names_them()
    {
        using CausalLM model = Stories.LoadAdapted();
        string[] names = [.. model.named_modules().Select(static module => module.name)];
        Assert.Contains("model.layers.4.mlp.down_proj", names);
        Assert.Equal(5 * 7, names.Count(static name => name.EndsWith("_proj")));
        Assert.DoesNotContain(names, static name => name.Contains('<'));   // no backing field of a property
        Assert.Equal(1 + 3 + 5 + (5 * (4 + 7)), names.Length);
    }

    [SharedFact]
    public void Training_and_evaluation_reach_every_layer_and_only_dropout_tells_them_apart()
    {
        using CausalLM model = Stories.LoadAdapted(dropout: 0.5);
        model.Adapters!.Flat.requires_grad_(false).add_(0.01f);   // B is zero at the start, and hides what A reads
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        Tensor ids = tensor(new long[,] { { 1, 403, 407, 261, 378 } });
        model.train();
        Assert.All(model.named_modules(), static module => Assert.True(module.module.training));
        Assert.NotEqual(model.Forward(ids).data<float>().ToArray(), model.Forward(ids).data<float>().ToArray());
        model.eval();
        Assert.All(model.named_modules(), static module => Assert.False(module.module.training));
        Assert.Equal(model.Forward(ids).data<float>().ToArray(), model.Forward(ids).data<float>().ToArray());
    }

    private static void Backward(CausalLM model) =>
        LanguageModelLoss.Backward(model, Batch.Of([.. Stories.Samples(48).Take(2)]), scale: 1);
}
