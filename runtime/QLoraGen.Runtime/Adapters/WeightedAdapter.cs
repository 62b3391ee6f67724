using static TorchSharp.torch;

namespace QLoraGen;

/// <summary>Adapters merged by weights into one more, as PEFT's <c>add_weighted_adapter</c> does it; the base stays as it is.</summary>
public static class WeightedAdapter
{
    private sealed record Part(LoraAdapter Adapter, double Weight)
    {
        public long Rank => Adapter.A.shape[0];
    }

    /// <summary>Adds the sum of adapters to their model, and computes with it from now on.</summary>
    /// <param name="model">The model that has them.</param>
    /// <param name="name">What to call the sum.</param>
    /// <param name="weights">Names of the adapters, and what each is multiplied with, on top of its own scale; may be below 0.</param>
    /// <param name="combination">How they become one.</param>
    /// <param name="svdRank">Rank of a sum that is cut (<c>svd_rank</c>); null for the largest of the adapters.</param>
    /// <exception cref="QLoraException">There is no such adapter, one trains more than A and B, or ranks that must be equal are not.</exception>
    public static AdapterArena Add(
        CausalLM model, string name, IReadOnlyList<KeyValuePair<string, double>> weights, AdapterCombination combination, int? svdRank = null)
    {
        if (weights.Count == 0)
        {
            throw new QLoraException("There is nothing to merge: name at least one adapter and its weight.");
        }
        List<AdapterArena> arenas = [.. weights.Select(weight => Mergeable(model, weight))];
        var layers = AdapterTargets.Of(model).Layers.Select(static layer => layer.Path).ToDictionary(static path => path, _ => new List<Part>());
        foreach ((AdapterArena arena, KeyValuePair<string, double> weight) in arenas.Zip(weights))
        {
            foreach (LoraAdapter adapter in arena.Adapters)
            {
                layers[adapter.Path].Add(new Part(adapter, weight.Value));
            }
        }
        Dictionary<string, List<Part>> adapted = layers.Where(static layer => layer.Value.Count > 0).ToDictionary();
        LoraConfig config = ConfigOf(arenas[0].Config, adapted.ToDictionary(static layer => layer.Key, layer => RankOf(layer.Key, layer.Value, combination, svdRank)));
        return model.Add(name, () =>
        {
            using var scope = NewDisposeScope();
            using IDisposable _ = no_grad();
            var sum = AdapterArena.Empty(AdapterTargets.Of(model), config);
            foreach (LoraAdapter adapter in sum.Adapters)
            {
                (Tensor a, Tensor b) = Merge(adapted[adapter.Path], combination, adapter.A.shape[0]);
                adapter.A.copy_(a);
                adapter.B.copy_(b);
            }
            return sum;
        });
    }

    private static AdapterArena Mergeable(CausalLM model, KeyValuePair<string, double> weight)
    {
        if (!double.IsFinite(weight.Value))
        {
            throw new QLoraException($"The weight of {Shown.Quoted(weight.Key)} is not a finite number.");
        }
        AdapterArena arena = model.AdaptersByName.GetValueOrDefault(weight.Key) ?? throw new QLoraException(
            $"There is no adapter {Shown.Quoted(weight.Key)}: there are {string.Join(", ", model.AdaptersByName.Keys)}.");
        string? more = arena.Config switch
        {
            { UseDora: true } => "use_dora",
            { LoraBias: true } => "lora_bias",
            { ModulesToSave.Count: > 0 } => "modules_to_save",
            { Bias: not BiasTraining.None } => "bias",
            _ => null,
        };
        return more is null && arena.Start is null ? arena : throw new QLoraException(
            $"{weight.Key}: {(more is null ? "its beginning was taken out of the base weights" : $"its {more} is set, so it is more than A and B")}, "
            + "and has no weighted sum with others: merge adapters of A and B alone.");
    }

    private static int RankOf(string path, List<Part> parts, AdapterCombination combination, int? svdRank) => checked((int)(combination switch
    {
        AdapterCombination.Cat => parts.Sum(static part => part.Rank),
        AdapterCombination.Linear when parts.Exists(part => part.Rank != parts[0].Rank) => throw new QLoraException(
            $"{path}: the adapters have the ranks {string.Join(" and ", parts.Select(static part => part.Rank).Distinct())}, and linear sums them up "
            + "A by A: merge them by svd or cat."),
        AdapterCombination.Svd => svdRank ?? parts.Max(static part => part.Rank),
        _ => parts[0].Rank,
    }));

    // With alpha = r the scale is 1: the weights and scales are in A and B.
    private static LoraConfig ConfigOf(LoraConfig first, Dictionary<string, int> ranks)
    {
        int usual = ranks.Values.GroupBy(static rank => rank).MaxBy(static group => group.Count())!.Key;
        KeyValuePair<string, int>[] others = [.. ranks.Where(rank => rank.Value != usual)];
        return new LoraConfig
        {
            R = usual,
            LoraAlpha = usual,
            LoraDropout = first.LoraDropout,
            TargetModules = [.. ranks.Keys],
            RankPattern = others,
            AlphaPattern = [.. others.Select(static rank => new KeyValuePair<string, double>(rank.Key, rank.Value))],
        };
    }

    private static (Tensor A, Tensor B) Merge(List<Part> parts, AdapterCombination combination, long rank)
    {
        if (combination == AdapterCombination.Linear)
        {
            return (Sum(static part => part.Adapter.A, static weight => Math.Sign(weight) * Math.Sqrt(Math.Abs(weight))),
                Sum(static part => part.Adapter.B, static weight => Math.Sqrt(Math.Abs(weight))));
        }
        Tensor a = cat([.. parts.Select(static part => part.Adapter.A * (part.Weight * part.Adapter.Scale))], 0);
        Tensor b = cat([.. parts.Select(static part => (Tensor)part.Adapter.B)], 1);
        return combination == AdapterCombination.Cat ? (a, b) : Cut(a, b, rank);

        Tensor Sum(Func<Part, Tensor> matrix, Func<double, double> share) => parts
            .Select(part => matrix(part) * share(part.Weight * part.Adapter.Scale)).Aggregate(static (sum, next) => sum + next);
    }

    // The singular values of B A are those of the small product of their triangles: B A is never expanded.
    private static (Tensor A, Tensor B) Cut(Tensor a, Tensor b, long rank)
    {
        (Tensor qa, Tensor ra) = linalg.qr(a.t());
        (Tensor qb, Tensor rb) = linalg.qr(b);
        (Tensor u, Tensor s, Tensor vt) = linalg.svd(rb.mm(ra.t()), fullMatrices: false);
        long kept = Math.Min(rank, s.shape[0]);
        Tensor left = qb.mm(u.narrow(1, 0, kept) * s.narrow(0, 0, kept)), right = vt.narrow(0, 0, kept).mm(qa.t());
        return kept == rank ? (right, left)
            : (cat([right, zeros(rank - kept, right.shape[1])], 0), cat([left, zeros(left.shape[0], rank - kept)], 1));
    }
}
