using QLoraGen.Data;
using static TorchSharp.torch;

namespace QLoraGen;

/// <summary>What would let a run waste its time, found before the run or at its first step.</summary>
internal static class TrainingChecks
{
    /// <summary>Looks at what trains and what is learned.</summary>
    public static void BeforeRun(CausalLM model, IReadOnlyList<TrainedTensor> tensors, IReadOnlyList<TokenizedSample> samples)
    {
        if (tensors.Sum(static tensor => tensor.Count) == 0)
        {
            throw new QLoraException("no value is trained: the run would change nothing. Give adapters to at least one layer (target_modules).");
        }
        if (tensors.FirstOrDefault(static tensor => !tensor.Value.requires_grad) is { } frozen)
        {
            throw new QLoraException($"{frozen.Name} does not require a gradient: the run would not change it. Set requires_grad, or leave it out.");
        }
        if (samples.Count == 0)
        {
            throw new QLoraException("there is no sample to learn from: give at least one.");
        }
        int context = model.Config.MaxPositionEmbeddings;
        if (samples.Index().FirstOrDefault(sample => sample.Item.Ids.Length > context) is (int longest, { } sample))
        {
            throw new QLoraException($"sample {longest + 1} has {sample.Ids.Length} tokens, but the model's context (max_position_embeddings) is "
                + $"{context}: cut the samples to that by --max-length.");
        }
        if (samples.All(static sample => sample.Ids.Length <= Math.Max(1, sample.LossFrom)))
        {
            throw new QLoraException($"all labels of the {samples.Count} samples are masked: there is nothing to learn. Raise --max-length, so that "
                + "completions are not cut away, or shorten the prompts.");
        }
    }

    /// <summary>Looks at the first gradients of fresh adapters: while B is zero A has none, but B has; an embedding's begin the other way round.</summary>
    public static void FirstGradients(AdapterArena? arena)
    {
        using var scope = NewDisposeScope();
        foreach (IGrouping<string, LoraAdapter> target in (arena?.Adapters ?? []).GroupBy(static adapter => LastName(adapter.Path)))
        {
            if (target.All(static adapter => adapter.A.grad!.count_nonzero().item<long>() == 0 && adapter.B.grad!.count_nonzero().item<long>() == 0))
            {
                throw new QLoraException($"{target.Key} trains nothing: no gradient reaches lora_B of {target.First().Path}"
                    + $"{(target.Count() > 1 ? $" or of any other of its {target.Count()} layers" : "")}. The model's Forward does not use the layer: "
                    + $"leave {target.Key} out of target_modules, or use it.");
            }
        }
    }

    /// <summary>Looks at adapters after the first step.</summary>
    public static void FirstStep(AdapterArena? arena, TrainingOptions options)
    {
        using var scope = NewDisposeScope();
        if (arena is { Adapters.Count: > 0 } && arena.Adapters.All(static adapter => adapter.B.count_nonzero().item<long>() == 0))
        {
            throw new QLoraException($"after the first step every lora_B is still zero: a learning rate of {options.LearningRate} moves nothing. "
                + "Use a higher one, such as 2e-4.");
        }
    }

    private static string LastName(string path) => path[(path.LastIndexOf('.') + 1)..];
}
