using static TorchSharp.torch;

namespace QLoraGen;

/// <summary>Gives new adapters their first values.</summary>
internal static class AdapterStart
{
    /// <summary>Fills an arena of zeros.</summary>
    /// <param name="arena">The arena; its layers have their weights, and no adapter yet.</param>
    /// <param name="seed">Of what is random.</param>
    /// <param name="original">The weights in full precision, where the config's way to begin needs them.</param>
    /// <returns>What the base weights have lost to the adapters, or null.</returns>
    public static StartProduct? Fill(AdapterArena arena, long seed, OriginalWeights? original)
    {
        using IDisposable _ = no_grad();
        using var scope = NewDisposeScope();
        using var generator = new Generator((ulong)seed);
        string start = arena.Config.InitLoraWeights;
        foreach ((Layer layer, LoraAdapter adapter) in arena.ByLayer)
        {
            if (LoraStart.NeedsWeights(start) && layer is Linear linear)
            {
                WeightStart.Fill(start, linear, adapter, original!, generator);
            }
            else
            {
                RandomStart.Fill(start, layer, adapter, generator);
            }
        }
        foreach (ArenaView view in arena.Views)
        {
            if (view.Replaced is { } frozen)
            {
                frozen.Base.ReadRows(0, view.Value);   // a copy begins as what it stands for
            }
            else if (view.Tensor.Role == AdapterRole.Magnitude)
            {
                view.Value.copy_(view.Layer.NormsWith(arena.ByLayer[view.Layer]));
            }
        }
        return LoraStart.ChangesBase(start) ? new StartProduct(arena.Flat.detach().clone().DetachFromDisposeScope()) : null;
    }
}
