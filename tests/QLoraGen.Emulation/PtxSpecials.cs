namespace QLoraGen.Emulation;

/// <summary>The special registers that do not change while a thread runs.</summary>
internal static class PtxSpecials
{
    private static readonly Dictionary<string, Func<PtxThread, ulong>> values = new()
    {
        ["%tid.x"] = thread => (ulong)thread.Tid.X,
        ["%tid.y"] = thread => (ulong)thread.Tid.Y,
        ["%tid.z"] = thread => (ulong)thread.Tid.Z,
        ["%ntid.x"] = thread => (ulong)thread.Block.Size.X,
        ["%ntid.y"] = thread => (ulong)thread.Block.Size.Y,
        ["%ntid.z"] = thread => (ulong)thread.Block.Size.Z,
        ["%ctaid.x"] = thread => (ulong)thread.Block.Id.X,
        ["%ctaid.y"] = thread => (ulong)thread.Block.Id.Y,
        ["%ctaid.z"] = thread => (ulong)thread.Block.Id.Z,
        ["%nctaid.x"] = thread => (ulong)thread.Block.Grid.X,
        ["%nctaid.y"] = thread => (ulong)thread.Block.Grid.Y,
        ["%nctaid.z"] = thread => (ulong)thread.Block.Grid.Z,
        ["%laneid"] = thread => (ulong)thread.Lane,
        ["%warpid"] = thread => (ulong)(thread.Index / PtxWarp.Lanes),
        ["%nwarpid"] = thread => (ulong)thread.Block.Warps.Length,
        ["%lanemask_eq"] = thread => 1u << thread.Lane,
        ["%lanemask_lt"] = thread => (1u << thread.Lane) - 1,
        ["%lanemask_le"] = thread => (2u << thread.Lane) - 1,
        ["%lanemask_gt"] = thread => ~((2u << thread.Lane) - 1),
        ["%lanemask_ge"] = thread => ~((1u << thread.Lane) - 1),
        ["%dynamic_smem_size"] = thread => (ulong)thread.Block.DynamicSharedBytes,
        ["%total_smem_size"] = thread => (ulong)thread.Block.Shared.Length,
        ["WARP_SZ"] = _ => PtxWarp.Lanes,
    };

    public static bool Has(string name) => values.ContainsKey(name);

    public static ulong Value(string name, PtxThread thread) => values[name](thread);
}
