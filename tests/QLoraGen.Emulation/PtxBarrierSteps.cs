namespace QLoraGen.Emulation;

/// <summary>bar.sync, bar.arrive and bar.red, also under their newer name barrier.</summary>
internal static class PtxBarrierSteps
{
    public static (PtxStep? Step, PtxBarrierWait? Wait) Decode(PtxDecoding decoding)
    {
        decoding.Allow("cta", "aligned");
        var word = PtxType.Of("u32");
        switch (decoding.TakeOne("sync", "arrive", "red"))
        {
            case "sync":
                return (null, new(decoding.Source(0, word), decoding.Count > 1 ? decoding.Source(1, word) : -1, null));
            case "arrive":
                var (id, _) = (decoding.Source(0, word), decoding.Source(1, word));
                return (thread => thread.Block.Barriers.Arrive(thread.Get<int>(id)), null);
            default:
                return (null, Reduction(decoding, word));
        }
    }

    private static PtxBarrierWait Reduction(PtxDecoding decoding, PtxType word)
    {
        Func<int, int, ulong> combine = decoding.TakeOne("and", "or", "popc") switch
        {
            "and" => (set, all) => set == all ? 1u : 0,
            "or" => (set, _) => set > 0 ? 1u : 0,
            _ => (set, _) => (ulong)set,
        };
        decoding.TakeType();
        bool counted = decoding.Count == 4;
        var reduction = new PtxBarrierReduction(decoding.Predicate(counted ? 3 : 2), combine, decoding.Destination(0));
        return new(decoding.Source(1, word), counted ? decoding.Source(2, word) : -1, reduction);
    }
}
