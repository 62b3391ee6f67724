using QLoraGen.Checkpoints;

namespace QLoraGen;

/// <summary>Makes a model's region from a checkpoint, or finds the one that was made before.</summary>
internal static class Freezer
{
    public static FrozenRegion Freeze(
        Module model, QuantStateLayout layout, Checkpoint checkpoint, RegionCache? cache, Action<string>? notice)
    {
        // Before memory is taken for it: a config can ask for any amount, a file has what it has.
        foreach (LayoutEntry entry in layout.Entries)
        {
            if (!PackedWeight.IsAt(checkpoint, entry.Name))
            {
                checkpoint.Require(entry.Name, entry.Tensor.StoredShape);
            }
        }
        // Where nothing is quantized here the checkpoint itself is what a cache would hold.
        if (cache is null || layout.Format is null || checkpoint.IsPacked)
        {
            return InMemory();
        }
        string content = checkpoint.ContentHash();
        try
        {
            return cache.Open(layout, content, notice) ?? cache.Build(layout, content, Fill);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            notice?.Invoke($"The quantized weights are not kept for the next start: {e.Message}");
            return InMemory();
        }

        FrozenRegion InMemory()
        {
            FrozenRegion region = FrozenRegion.Allocate(layout.Length);
            try
            {
                Fill(region);
                return region;
            }
            catch
            {
                region.Dispose();
                throw;
            }
        }

        void Fill(FrozenRegion region)
        {
            foreach (LayoutEntry entry in layout.Entries)
            {
                entry.Tensor.Place(region, entry);
            }
            using var loader = new CheckpointLoader(checkpoint);
            model.Load(loader);
        }
    }
}
