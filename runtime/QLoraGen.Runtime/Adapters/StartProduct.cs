using static TorchSharp.torch;

namespace QLoraGen;

/// <summary>
/// A and B as they began, where the base weights have lost scale B A to them: W became W - scale B0 A0. For any other base the
/// adapter is scale (B A - B0 A0), which plain LoRA holds at twice the rank.
/// </summary>
/// <param name="flat">The arena at the start.</param>
internal sealed class StartProduct(Tensor flat) : IDisposable
{
    /// <summary>The arena at the start, laid out as it is now.</summary>
    public Tensor Flat => flat;

    /// <summary>The config of the plain adapter: twice the rank, and an alpha that keeps the scale.</summary>
    public static LoraConfig Plain(LoraConfig config)
    {
        double more = config.UseRslora ? Math.Sqrt(2) : 2;
        return config with
        {
            InitLoraWeights = LoraStart.Default,
            R = config.R * 2,
            LoraAlpha = config.LoraAlpha * more,
            RankPattern = [.. config.RankPattern.Select(static entry => new KeyValuePair<string, int>(entry.Key, entry.Value * 2))],
            AlphaPattern = [.. config.AlphaPattern.Select(entry => new KeyValuePair<string, double>(entry.Key, entry.Value * more))],
        };
    }

    /// <summary>A over A0, [2r, in], or B beside -B0, [out, 2r]; anything else as it is.</summary>
    public Tensor Plain(ArenaView view, long offset)
    {
        if (view.Tensor.Role is not (AdapterRole.A or AdapterRole.B))
        {
            return view.Value.detach();
        }
        Tensor start = flat.narrow(0, offset, view.Tensor.Count).view(view.Value.shape);
        return view.Tensor.Role == AdapterRole.A ? cat([view.Value.detach(), start], 0) : cat([view.Value.detach(), -start], 1);
    }

    /// <inheritdoc/>
    public void Dispose() => flat.Dispose();
}
